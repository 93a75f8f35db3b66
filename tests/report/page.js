// SPDX-License-Identifier: Apache-2.0
// Run inside a page by test_page.py: what the page shows, as data.
const numbers = (element) => Object.fromEntries(Object.entries(element.dataset).map(([key, value]) => [key, value]));
const box = (element) => { const { left, right, top, bottom } = element.getBoundingClientRect(); return { left, right, top, bottom }; };

function tableOf(table) {
  const words = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent);
  // Columns of the same name are told apart by their number.
  const head = words.map((word, i) => words.indexOf(word) === i ? word : `${word} ${i}`);
  return [...table.querySelectorAll("tbody tr")].map((row) =>
    Object.fromEntries([...row.children].map((cell, i) => [head[i], cell.textContent])));
}

function chartOf(figure) {
  const marks = [...figure.querySelectorAll(".plot svg *")].filter((element) => Object.keys(element.dataset).length > 0)
    .map((element) => ({
      tag: element.tagName, look: element.getAttribute("class"), data: numbers(element), box: box(element),
      x1: element.getAttribute("x1"), y1: element.getAttribute("y1"), d: element.getAttribute("d"),
      x: element.getAttribute("x"), width: element.getAttribute("width"), cx: element.getAttribute("cx"),
      transform: element.getAttribute("transform"),
      row: element.closest("[data-name]")?.dataset.name, panel: [...figure.querySelectorAll("svg")].indexOf(element.closest("svg")),
    }));
  const values = [...figure.querySelectorAll(".row")].map((row) => [row.dataset.name, row.querySelector(".value").textContent]);
  return { kind: figure.dataset.kind, caption: figure.querySelector("figcaption").textContent, marks, values };
}

return {
  tiles: [...document.querySelectorAll(".tile")].map((tile) => [tile.children[0].textContent, tile.children[1].textContent]),
  lead: [...document.querySelectorAll(".lead")].map((element) => element.textContent),
  commands: [...document.querySelectorAll("pre code")].map((element) => element.textContent),
  sections: [...document.querySelectorAll("section")].map((section) => ({
    title: section.querySelector("h2, h3").textContent,
    tables: [...section.querySelectorAll("table")].map(tableOf),
    // The same as lists: objects do not keep their order on the way to Python.
    lists: [...section.querySelectorAll("table")].map((table) =>
      [...table.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent))),
    charts: [...section.querySelectorAll("figure.chart")].map(chartOf),
  })),
  pictures: [...document.querySelectorAll(".picture .scroll > div")].map((place) =>
    place.shadowRoot ? place.shadowRoot.querySelectorAll("rect.read.seam").length : -1),
  texts: [...document.querySelectorAll(".plot svg")].flatMap((svg, number) => [...svg.querySelectorAll("text")].map((text) =>
    ({ svg: number, text: text.textContent, ...box(text) }))),
  scrollWidth: document.documentElement.scrollWidth,
  clientWidth: document.documentElement.clientWidth,
  outside: [...document.querySelectorAll("main *, header *")].filter((element) => !element.closest(".scroll") && box(element).right > innerWidth + 1)
    .map((element) => `${element.tagName} ${element.textContent.slice(0, 40)}`),
  requests: performance.getEntriesByType("resource").map((entry) => entry.name),
};
