// The queue of claims by keyboard: j and k move, c takes on, r returns with a reason, x marks, b asks for all marked ones, o opens.
"use strict";
(() => {
  const queue = document.querySelector("[data-review]");
  if (!queue) return;
  const rows = [...queue.querySelectorAll("[data-claim]")];
  const boxes = [...queue.querySelectorAll("input[name=claim]")];
  const words = [...queue.querySelectorAll("[data-marked]")];
  const all = queue.querySelector("[data-all]");
  const bulk = queue.querySelector("[data-bulk]");
  const sure = queue.querySelector("[data-confirm]");

  const yuan = (fen) => `¥${Math.floor(fen / 100).toLocaleString("en")}.${String(fen % 100).padStart(2, "0")}`;
  function count() {
    const marked = boxes.filter((box) => box.checked);
    const fen = marked.reduce((sum, box) => sum + Number(box.dataset.fen), 0);
    const said = queue.dataset.format.replace("NUM", marked.length).replace("AMOUNT", yuan(fen));
    words.forEach((place) => { place.textContent = said; });
    if (sure) sure.disabled = !marked.length;
    if (all) {
      all.checked = marked.length === boxes.length;
      all.indeterminate = marked.length > 0 && marked.length < boxes.length;
    }
  }
  boxes.forEach((box) => box.addEventListener("change", count));
  if (all) {
    all.disabled = false;
    all.addEventListener("change", () => {
      boxes.forEach((box) => { box.checked = all.checked; });
      count();
    });
  }

  // where one was before the page came again
  const KEPT = "claims-at";
  let at = Number(sessionStorage.getItem(KEPT) ?? -1);
  sessionStorage.removeItem(KEPT);
  function go(next) {
    if (!rows.length) return;
    at = Math.max(0, Math.min(rows.length - 1, next));
    rows[at].focus();
  }
  if (at >= 0) go(at);
  const keep = () => sessionStorage.setItem(KEPT, at);
  queue.addEventListener("submit", (event) => { if (event.target.closest("[data-claim]")) keep(); });

  const keys = {
    j: () => go(at + 1),
    k: () => go(at - 1),
    c: (row) => row.querySelector("[data-take]").click(),
    o: (row) => row.querySelector("a").click(),
    x: (row) => {
      const box = row.querySelector("input[name=claim]");
      if (box) box.click();
    },
    r: (row) => {
      const more = row.querySelector("[data-return]");
      more.open = true;
      more.querySelector("input[name=reason]").focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input:not([type=checkbox]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "b" && bulk && !sure.disabled) {
      bulk.parentElement.open = true;  // says the sum; Enter is the yes
      sure.focus();
    }
    else if (event.key in keys && (event.key === "j" || event.key === "k" || rows[at])) {
      event.preventDefault();
      keys[event.key](rows[at]);
    }
  });
})();
