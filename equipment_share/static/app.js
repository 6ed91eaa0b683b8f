// Small comforts; every act works without them.
"use strict";
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrf_token]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});
// Drag over free half hours of the week grid, or tap the first and the last: the times go into the booking form.
const week = document.querySelector("table.week[data-book]");
if (week) {
  let from = null, tapped = null, touch = false;
  const go = (low, high) => { location.href = `${week.dataset.book}?start=${low.dataset.start}&end=${high.dataset.end}`; };
  const cells = () => [...week.querySelectorAll("td.free a")];
  const mark = (a, b) => {
    const [low, high] = a.dataset.start <= b.dataset.start ? [a, b] : [b, a];
    for (const link of cells()) {
      const inside = link.dataset.day === a.dataset.day && link.dataset.start >= low.dataset.start && link.dataset.start <= high.dataset.start;
      link.parentElement.classList.toggle("picked", inside);
    }
    return [low, high];
  };
  week.addEventListener("pointerdown", (event) => {
    const link = event.target.closest("td.free a");
    touch = event.pointerType === "touch";
    if (!link || event.button !== 0 || touch) return;
    event.preventDefault();
    from = link;
    mark(link, link);
  });
  week.addEventListener("pointerover", (event) => {
    const link = event.target.closest("td.free a");
    if (from && link && link.dataset.day === from.dataset.day) mark(from, link);
  });
  document.addEventListener("pointerup", (event) => {
    if (!from) return;
    const at = event.target.closest ? event.target.closest("td.free a") : null;
    const last = at && at.dataset.day === from.dataset.day ? at : from;
    const [low, high] = mark(from, last);
    from = null;
    go(low, high);
  });
  week.addEventListener("click", (event) => {
    const link = event.target.closest("td.free a");
    if (!link || !touch) return;
    event.preventDefault();
    const ends = tapped && tapped.dataset.day === link.dataset.day;
    const [low, high] = mark(ends ? tapped : link, link);
    if (ends) { go(low, high); return; }
    tapped = link;
    document.querySelector("#tapped").hidden = false;
  });
  week.addEventListener("dragstart", (event) => event.preventDefault());
}
// A button to print appears where the browser can.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
// In the sheet that a phone's menu is, every group stands open: there is room, and nothing has to be guessed at.
const ways = document.querySelector("#ways");
if (ways) ways.addEventListener("toggle", (event) => {
  for (const group of ways.querySelectorAll("details.menu")) {
    group.name = event.newState === "open" ? "" : "nav";
    group.open = event.newState === "open";
  }
});
