// SPDX-License-Identifier: Apache-2.0
// Bars made of parts: phases of a load, CPU time and memory.

const phaseLooks = { alloc: "alloc", submit: "submit", wait: "wait", zero: "zero", copy: "copy", map: "map" };
// Phases whose colour is light enough for dark letters.
const lightPhases = new Set(["wait", "zero", "copy"]);

// data: {rows: [{name, role, traced, total, phases: [{name, ns}]}]}
charts.phases = (data, place, width) => {
  const names = [...new Set(data.rows.flatMap((row) => row.phases.map((phase) => phase.name)))];
  const look = (name) => phaseLooks[name] || "other";
  addLegend(place, [
    ...names.map((name) => ({ look: `${look(name)}-fill`, text: name })),
    { text: "median of the whole load", shape: (svg) => svg.append("line").attr("class", "whole").attr("x1", 10).attr("x2", 10).attr("y1", 0).attr("y2", 12) },
  ]);
  const sum = (row) => d3.sum(row.phases, (phase) => phase.ns);
  const max = 1.03 * d3.max(data.rows, (row) => Math.max(row.total, sum(row)));
  rowChart(place, width, {
    rows: data.rows, max, axis: "time", height: 20, value: (row) => formatTime(row.total),
    draw(group, row, x, y) {
      let from = 0;
      for (const phase of row.phases) {
        const pixels = x(from + phase.ns) - x(from);
        group.append("rect").attr("class", `seam ${look(phase.name)}-fill`).attr("data-phase", phase.name)
          .attr("data-ns", phase.ns).attr("x", x(from)).attr("y", y).attr("width", pixels).attr("height", 18)
          .append("title").text(`${row.name}${row.traced ? " (traced)" : ""}, ${phase.name}: ${formatTime(phase.ns)}`);
        if (pixels > textWidth(phase.name, 12) + 10)
          group.append("text").attr("class", `quiet ${lightPhases.has(phase.name) ? "on-light" : "on-dark"}`)
            .attr("x", x(from) + pixels / 2).attr("y", y + 13).attr("text-anchor", "middle").text(phase.name);
        from += phase.ns;
      }
      group.append("line").attr("class", "whole").attr("data-total", row.total)
        .attr("x1", x(row.total)).attr("x2", x(row.total)).attr("y1", y - 3).attr("y2", y + 21);
    },
  });
};

// data: {size, rows: [{name, role, cpu: {median, low, high}, cpu_resolution, page_cache, extra_memory}]}
charts.cost = (data, place, width) => {
  const panels = d3.select(place).append("div").attr("class", "panels");
  const panel = (title) => {
    const element = panels.append("div");
    element.append("h5").text(title);
    return element.node();
  };
  const cpu = panel("CPU time");
  const memory = panel("Memory beyond the buffer");
  const panelWidth = cpu.clientWidth;

  rowChart(cpu, panelWidth, {
    rows: data.rows, max: 1.03 * d3.max(data.rows, (row) => row.cpu.high) || 1, axis: "time", height: 16,
    value: (row) => row.cpu.median < row.cpu_resolution ? `< ${formatTime(row.cpu_resolution)}` : formatTime(row.cpu.median),
    draw(group, row, x, y) {
      group.append("rect").attr("class", `bar ${row.role}-fill`).attr("data-cpu", row.cpu.median).attr("x", x(0))
        .attr("y", y).attr("width", x(row.cpu.median) - x(0)).attr("height", 15).attr("rx", 2)
        .append("title").text(`${row.name}: ${formatTime(row.cpu.median)} [${formatTime(row.cpu.low)} .. ${formatTime(row.cpu.high)}]`);
      drawInterval(group, row.cpu.low, row.cpu.high, x, y + 7.5);
    },
  });

  const total = (row) => row.page_cache + (row.extra_memory || 0);
  addLegend(memory, [
    { look: "copy-fill", text: "the file in the page cache" },
    { look: "map-fill", text: "largest drop of available memory beyond that of a plain buffer" },
  ]);
  rowChart(memory, panelWidth, {
    rows: data.rows, max: 1.03 * Math.max(d3.max(data.rows, total), data.size / 8), axis: "size", height: 16,
    value: (row) => total(row) === 0 ? "0" : [row.page_cache, row.extra_memory].filter((bytes) => bytes).map(formatSize).join(" + "),
    draw(group, row, x, y) {
      group.append("rect").attr("class", "copy-fill").attr("data-page-cache", row.page_cache).attr("x", x(0))
        .attr("y", y).attr("width", x(row.page_cache) - x(0)).attr("height", 7);
      if (row.extra_memory !== null)
        group.append("rect").attr("class", "map-fill").attr("data-extra-memory", row.extra_memory).attr("x", x(0))
          .attr("y", y + 8).attr("width", x(row.extra_memory) - x(0)).attr("height", 7);
    },
  });
};
