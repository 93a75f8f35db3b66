// SPDX-License-Identifier: Apache-2.0
// Speed over file sizes, disk rates or scenarios, a line a method.

// Those that matter get a colour, a dash and a marker of their own: alloc-read direct, normal and the three quickest
// others. The rest is grey.
function looksOf(series) {
  const last = (line) => line.points.length ? line.points[line.points.length - 1].rate : 0;
  const looks = new Map();
  const rest = [];
  for (const line of series) {
    if (line.name === "alloc-read direct") looks.set(line.name, { look: "ours", dash: null, symbol: d3.symbolCircle });
    else if (line.role === "normal") looks.set(line.name, { look: "normal", dash: "8 3", symbol: d3.symbolSquare });
    else rest.push(line);
  }
  const colours = [["c1", "2 3", d3.symbolTriangle], ["c2", "10 3 2 3", d3.symbolDiamond], ["c3", "5 5", d3.symbolCross]];
  rest.sort((a, b) => last(b) - last(a)).forEach((line, i) => {
    const [look, dash, symbol] = colours[i] || ["rival", null, d3.symbolCircle];
    looks.set(line.name, { look, dash, symbol });
  });
  return looks;
}

// data: {places: [text], limits: [rate or null], series: [{name, role, points: [{place, rate, low, high}]}]}
charts.scaling = (data, place, width) => {
  const looks = looksOf(data.series);
  const marker = (look, size) => d3.symbol(look.symbol, size)();
  const named = data.series.filter((line) => looks.get(line.name).look !== "rival");
  const entries = named.map((line) => {
    const look = looks.get(line.name);
    return {
      text: line.name,
      shape(svg) {
        svg.append("line").attr("class", `line ${look.look}-line`).attr("stroke-dasharray", look.dash)
          .attr("x1", 0).attr("x2", 22).attr("y1", 6).attr("y2", 6);
        svg.append("path").attr("class", `${look.look}-fill`).attr("d", marker(look, 40)).attr("transform", "translate(11,6)");
      },
    };
  });
  if (named.length < data.series.length)
    entries.push({ text: "others", shape: (svg) => svg.append("line").attr("class", "line rival-line").attr("x1", 0).attr("x2", 22).attr("y1", 6).attr("y2", 6) });
  if (data.limits.some((limit) => limit !== null))
    entries.push({ text: "the disk's limit", shape: (svg) => svg.append("line").attr("class", "mark").attr("x1", 0).attr("x2", 22).attr("y1", 6).attr("y2", 6) });
  addLegend(place, entries);

  const max = 1.05 * Math.max(d3.max(data.series, (line) => d3.max(line.points, (point) => point.high)),
    d3.max(data.limits.filter((limit) => limit !== null)) || 0);
  const height = Math.min(340, Math.max(220, width * 0.45));
  const format = tickFormat("rate", max);
  const y = d3.scaleLinear([0, max], [height - 42, 12]);
  const ticks = y.ticks(5);
  const left = d3.max(ticks, (tick) => textWidth(format(tick), 12)) + 10;
  const x = d3.scalePoint(d3.range(data.places.length), [left, width]).padding(0.4);
  const crowded = data.places.some((text, i) => i > 0 && (textWidth(text, 12) + textWidth(data.places[i - 1], 12)) / 2 + 8 > x.step());
  const svg = d3.select(place).append("svg").attr("width", width).attr("height", height);
  for (const tick of ticks) {
    svg.append("line").attr("class", tick === 0 ? "grid zero" : "grid").attr("data-value", tick)
      .attr("x1", left).attr("x2", width).attr("y1", y(tick)).attr("y2", y(tick));
    svg.append("text").attr("class", "quiet").attr("x", left - 8).attr("y", y(tick) + 4).attr("text-anchor", "end").text(format(tick));
  }
  data.places.forEach((text, i) => {
    // Neighbours whose names would touch stand on two lines.
    const lower = crowded && i % 2 === 1;
    svg.append("text").attr("class", "quiet").attr("x", Math.min(Math.max(x(i), textWidth(text, 12) / 2), width - textWidth(text, 12) / 2))
      .attr("y", height - (crowded && !lower ? 22 : 7)).attr("text-anchor", "middle").text(text);
  });
  const limits = data.limits.map((rate, i) => ({ rate, place: i })).filter((limit) => limit.rate !== null);
  const path = d3.line().x((point) => x(point.place)).y((point) => y(point.rate));
  if (limits.length > 1) svg.append("path").attr("class", "mark").attr("fill", "none").attr("d", path(limits));
  for (const limit of limits)
    svg.append("line").attr("class", "mark").attr("data-limit", limit.rate).attr("data-place", limit.place)
      .attr("x1", x(limit.place) - 14).attr("x2", x(limit.place) + 14).attr("y1", y(limit.rate)).attr("y2", y(limit.rate));

  // Grey lines lie below the others.
  const order = [...data.series].sort((a, b) => (looks.get(a.name).look !== "rival") - (looks.get(b.name).look !== "rival"));
  for (const line of order) {
    const look = looks.get(line.name);
    const group = svg.append("g").attr("class", "series").attr("data-name", line.name);
    group.append("path").attr("class", `line ${look.look}-line`).attr("stroke-dasharray", look.dash).attr("d", path(line.points));
    for (const point of line.points) {
      group.append("line").attr("class", `error ${look.look}-line`).attr("x1", x(point.place)).attr("x2", x(point.place))
        .attr("y1", y(point.low)).attr("y2", y(point.high));
      group.append("path").attr("class", `${look.look}-fill`).attr("data-rate", point.rate).attr("data-place", point.place)
        .attr("data-low", point.low).attr("data-high", point.high)
        .attr("d", marker(look, look.look === "rival" ? 14 : 50)).attr("transform", `translate(${x(point.place)},${y(point.rate)})`)
        .append("title").text(`${line.name}, ${data.places[point.place]}: ${formatRate(point.rate)} [${formatRate(point.low)} .. ${formatRate(point.high)}]`);
    }
  }
};
