// SPDX-License-Identifier: Apache-2.0
"use strict";
// What all charts share. A chart is a function of (data, place, width) that fills the element `place`; its data come
// from report_charts.cpp. Times are nanoseconds, sizes bytes, rates bytes a second. Marks carry their figures in
// data- attributes, so that what is drawn can be checked.
const charts = {};

// As the tables write them (units.cpp).
function formatTime(ns) {
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(2)} s`;
  if (ns >= 100e6) return `${(ns / 1e6).toFixed(0)} ms`;
  if (ns >= 10e6) return `${(ns / 1e6).toFixed(1)} ms`;
  return `${(ns / 1e6).toFixed(ns >= 1e6 ? 2 : 3)} ms`;
}

function threeDigits(value) {
  return String(Number(value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)));
}

function formatSize(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  for (; bytes >= 1024 && unit + 1 < units.length; ++unit) bytes /= 1024;
  return `${threeDigits(bytes)} ${units[unit]}`;
}

function formatRate(rate) {
  return rate >= 1e9 ? `${threeDigits(rate / 1e9)} GB/s` : `${threeDigits(rate / 1e6)} MB/s`;
}

// All ticks of an axis in one unit.
function tickFormat(kind, max) {
  const number = d3.format("~g");
  if (kind === "time") return max >= 2e9 ? (ns) => `${number(ns / 1e9)} s` : (ns) => `${number(ns / 1e6)} ms`;
  if (kind === "rate") return max >= 1e9 ? (r) => `${number(r / 1e9)} GB/s` : (r) => `${number(r / 1e6)} MB/s`;
  return max >= 2 ** 30 ? (b) => `${number(b / 2 ** 30)} GB` : (b) => `${number(b / 2 ** 20)} MB`;
}

// Round numbers of the unit that is shown: sizes count in powers of two.
function ticksOf(x, axis, max, count) {
  if (axis !== "size") return x.ticks(count);
  const unit = max >= 2 ** 30 ? 2 ** 30 : 2 ** 20;
  return d3.scaleLinear([0, max / unit], [0, 1]).ticks(count).map((tick) => tick * unit);
}

const measure = document.createElement("canvas").getContext("2d");
function textWidth(text, size = 13) {
  measure.font = `${size}px system-ui, sans-serif`;
  return measure.measureText(text).width;
}

function addLegend(place, entries) {
  const legend = d3.select(place).append("div").attr("class", "legend");
  for (const { look, text, shape } of entries) {
    const entry = legend.append("span");
    const picture = entry.append("svg").attr("width", 22).attr("height", 12).attr("aria-hidden", "true");
    if (shape) shape(picture);
    else picture.append("rect").attr("class", look).attr("x", 4).attr("width", 12).attr("height", 12);
    entry.append("span").text(text);
  }
}

// Horizontal bars, a row each: names on the left where there is room, above the bars elsewhere.
//   options: rows, max, axis ("time" or "size"), value(row) → text at the right end, height of what draw() draws,
//   draw(group, row, x, top), marks [{at, text, look}] across all rows
function rowChart(place, width, { rows, max, axis, value, height, draw, marks = [] }) {
  const gap = 10;
  const nameWidth = d3.max(rows, (row) => textWidth(row.name)) + 12;
  const valueWidth = d3.max(rows, (row) => textWidth(value(row))) + 14;
  const wide = nameWidth + valueWidth < width * 0.5;
  const left = wide ? nameWidth : 0;
  const right = wide ? width - valueWidth : width - 8;
  const step = height + gap + (wide ? 0 : 20);
  const top = 24;
  const bottom = top + rows.length * step;
  const shown = marks.filter((mark) => mark.at <= max);
  const svg = d3.select(place).append("svg").attr("width", width).attr("height", bottom + 6 + shown.length * 17);
  const x = d3.scaleLinear([0, max], [left, right]);
  const format = tickFormat(axis, max);
  // Labels of ticks must not touch: as many as there is room for.
  const ticks = ticksOf(x, axis, max, Math.max(2, Math.floor((right - left) / 95)));
  for (const tick of ticks) {
    svg.append("line").attr("class", tick === 0 ? "grid zero" : "grid").attr("data-value", tick)
      .attr("x1", x(tick)).attr("x2", x(tick)).attr("y1", top - 4).attr("y2", bottom);
    const text = format(tick);
    const half = textWidth(text, 12) / 2;
    svg.append("text").attr("class", "quiet").attr("y", top - 9).attr("text-anchor", "middle").text(text)
      .attr("x", Math.min(Math.max(x(tick), half), width - half));
  }
  shown.forEach((mark, i) => {
    const at = x(mark.at);
    const y = bottom + 16 + i * 17;
    svg.append("line").attr("class", `mark ${mark.look}`).attr("data-mark", mark.look).attr("data-value", mark.at)
      .attr("x1", at).attr("x2", at).attr("y1", top - 4).attr("y2", y - 10);
    const half = textWidth(mark.text, 12) / 2;
    svg.append("text").attr("class", `quiet ${mark.look}`).attr("y", y + 1).attr("text-anchor", "middle")
      .attr("x", Math.min(Math.max(at, half), width - half)).text(mark.text);
  });
  rows.forEach((row, i) => {
    const group = svg.append("g").attr("class", "row").attr("data-name", row.name);
    let y = top + i * step + gap / 2;
    if (wide) {
      group.append("text").attr("x", left - 12).attr("y", y + 12).attr("text-anchor", "end").text(row.name);
      group.append("text").attr("class", "value").attr("x", width).attr("y", y + 12).attr("text-anchor", "end")
        .text(value(row));
    } else {
      group.append("text").attr("x", 0).attr("y", y + 12).text(row.name);
      group.append("text").attr("class", "value").attr("x", width).attr("y", y + 12).attr("text-anchor", "end")
        .text(value(row));
      y += 20;
    }
    draw(group, row, x, y);
  });
  return { svg, x };
}

// An interval that can be seen on a bar and beside it.
function drawInterval(group, low, high, x, y) {
  for (const look of ["halo", "whisker"]) {
    const line = group.append("path").attr("class", look).attr("fill", "none")
      .attr("d", `M${x(low)},${y - 4}v8m0,-4H${x(high)}m0,-4v8`);
    if (look === "whisker") line.attr("data-low", low).attr("data-high", high);
  }
}
