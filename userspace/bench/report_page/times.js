// SPDX-License-Identifier: Apache-2.0
// Times of methods: bars with intervals, bands of latency, machines side by side.

function timeMarks(data) {
  const marks = [];
  if (data.limit) marks.push({ at: data.limit, look: "limit", text: `limit ${formatTime(data.limit)}` });
  if (data.deadline) marks.push({ at: data.deadline, look: "deadline", text: `deadline ${formatTime(data.deadline)}` });
  return marks;
}

// data: {limit, deadline, rows: [{name, role, rank, median, low?, high?, samples: [{round, ns, outlier?}]}]}
// Rows of the role "reference" have one run, and no interval.
charts.times = (data, place, width) => {
  const referred = data.rows.some((row) => row.role === "reference");
  addLegend(place, [
    { look: "ours-fill", text: "alloc-read" },
    { look: "normal-fill", text: "normal" },
    { look: "rival-fill", text: "other ways" },
    ...(referred ? [{ look: "reference-fill", text: "no dma-buf: into memory that is there" }] : []),
    { text: "95 % interval", shape: (svg) => drawInterval(svg, 2, 20, (v) => v, 6) },
    { text: "a sample", shape: (svg) => svg.append("circle").attr("class", "sample").attr("cx", 10).attr("cy", 6).attr("r", 2.5) },
    { text: "an outlier", shape: (svg) => svg.append("circle").attr("class", "sample outlier").attr("cx", 10).attr("cy", 6).attr("r", 3.5) },
  ]);
  const ordinary = data.rows.flatMap((row) => row.samples.filter((sample) => !sample.outlier).map((sample) => sample.ns));
  const max = 1.03 * Math.max(d3.max(data.rows, (row) => row.high || row.median), d3.max(ordinary) || 0, data.limit || 0);
  rowChart(place, width, {
    rows: data.rows, max, axis: "time", height: 27, marks: timeMarks(data),
    value: (row) => formatTime(row.median),
    draw(group, row, x, y) {
      group.append("rect").attr("class", `bar ${row.role}-fill`).attr("data-median", row.median)
        .attr("x", x(0)).attr("y", y).attr("width", x(row.median) - x(0)).attr("height", 15).attr("rx", 2)
        .append("title").text(row.high === undefined ? `${row.name}: ${formatTime(row.median)}, the best run`
          : `${row.name}: ${formatTime(row.median)} [${formatTime(row.low)} .. ${formatTime(row.high)}], rank ${row.rank}`);
      if (row.high !== undefined) drawInterval(group, row.low, row.high, x, y + 7.5);
      for (const sample of row.samples) {
        // What lies beyond the axis stands at its end.
        const beyond = sample.ns > max;
        group.append("circle").attr("class", sample.outlier ? "sample outlier" : "sample").attr("data-ns", sample.ns)
          .attr("cx", x(Math.min(sample.ns, max))).attr("cy", y + 21.5).attr("r", sample.outlier ? 3.5 : 2.5)
          .append("title").text(`round ${sample.round}: ${formatTime(sample.ns)}${beyond ? " (beyond the axis)" : ""}${sample.outlier ? `: ${sample.outlier}` : ""}`);
      }
    },
  });
};

// data: {deadline, rows: [{name, role, min, p50, p95, max, count}]}
charts.latency = (data, place, width) => {
  addLegend(place, [
    { look: "rival-fill light", text: "quickest to slowest" },
    { look: "rival-fill", text: "median to 95th of 100" },
  ]);
  const slowest = d3.max(data.rows, (row) => row.max);
  const max = 1.03 * (data.deadline && data.deadline < 2 * slowest ? Math.max(slowest, data.deadline) : slowest);
  rowChart(place, width, {
    rows: data.rows, max, axis: "time", height: 18, marks: timeMarks(data),
    value: (row) => `max ${formatTime(row.max)}`,
    draw(group, row, x, y) {
      const band = (look, from, to, attribute) => group.append("rect").attr("class", look).attr(`data-${attribute}-low`, from)
        .attr(`data-${attribute}-high`, to).attr("x", x(from)).attr("y", y + 1).attr("height", 15).attr("rx", 2)
        .attr("width", Math.max(x(to) - x(from), 2));
      band(`${row.role}-fill light`, row.min, row.max, "band");
      band(`${row.role}-fill`, row.p50, row.p95, "middle").append("title")
        .text(`${row.name}, ${row.count} loads: min ${formatTime(row.min)}, p50 ${formatTime(row.p50)}, p95 ${formatTime(row.p95)}, max ${formatTime(row.max)}`);
    },
  });
};

// data: {parts: [name], rows: [{name, role, bars: [{part, median, low, high}]}]}
charts.comparison = (data, place, width) => {
  const looks = ["ours", "normal", "c1", "c2", "c3", "rival"];
  const look = (part) => looks[part % looks.length];
  addLegend(place, data.parts.map((name, part) => ({ look: `${look(part)}-fill`, text: name })));
  const max = 1.03 * d3.max(data.rows, (row) => d3.max(row.bars, (bar) => bar.high));
  rowChart(place, width, {
    rows: data.rows, max, axis: "time", height: 15 * data.parts.length,
    value: (row) => row.bars.map((bar) => formatTime(bar.median)).join(", "),
    draw(group, row, x, y) {
      for (const bar of row.bars) {
        const top = y + bar.part * 15;
        group.append("rect").attr("class", `bar ${look(bar.part)}-fill`).attr("data-part", bar.part)
          .attr("data-median", bar.median).attr("x", x(0)).attr("y", top).attr("width", x(bar.median) - x(0))
          .attr("height", 13).attr("rx", 2).append("title")
          .text(`${data.parts[bar.part]}: ${formatTime(bar.median)} [${formatTime(bar.low)} .. ${formatTime(bar.high)}]`);
        drawInterval(group, bar.low, bar.high, x, top + 6.5);
      }
    },
  });
};
