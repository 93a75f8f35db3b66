// SPDX-License-Identifier: Apache-2.0
// Draws each chart as wide as its place is, again when that changes. One in a closed part of the page has no width
// and waits until it is opened.
const redraw = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const width = Math.floor(contentRect.width);
    if (width === 0 || width === target.drawnWidth) continue;
    target.drawnWidth = width;
    const figure = target.closest("figure");
    target.replaceChildren();
    charts[figure.dataset.kind](JSON.parse(figure.querySelector("script").textContent), target, width);
  }
});
for (const plot of document.querySelectorAll(".chart .plot")) redraw.observe(plot);

// Browsers that do not know shadow roots in HTML get them here.
for (const template of document.querySelectorAll("template[shadowrootmode]")) {
  template.parentNode.attachShadow({ mode: "open" }).append(template.content);
  template.remove();
}

// A link to a folded part opens it.
addEventListener("hashchange", () => {
  const details = document.getElementById(location.hash.slice(1))?.querySelector("details");
  if (details) details.open = true;
});
