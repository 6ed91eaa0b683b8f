// The catalogue: empty fields stay out of the address, at most four ticks, and ticks outlive a new search. Works without.
"use strict";
(() => {
  const MOST = 4;
  const boxes = () => [...document.querySelectorAll("input[name=i]")];
  const ticked = () => boxes().filter((box) => box.checked);

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt?.id !== "search") return;
    const given = event.detail.parameters;
    const needless = { part: !given.day, sort: given.sort === "name" && !given.need && !given.spec };
    for (const [name, value] of Object.entries(given)) {
      if (value === "" || needless[name]) delete given[name];
    }
  });

  const hold = () => {
    const full = ticked().length >= MOST;
    for (const box of boxes()) box.disabled = full && !box.checked;
  };
  document.addEventListener("change", (event) => {
    if (event.target.name === "i") hold();
  });

  // What was ticked before a new search is carried along, shown or not.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "results") return;
    const form = document.querySelector("#compare");
    for (const box of ticked()) {
      if (box.type === "hidden" || form.querySelector(`input[value="${box.value}"]`)) continue;
      const carried = document.createElement("input");
      Object.assign(carried, { type: "checkbox", name: "i", value: box.value, checked: true, hidden: true });
      form.append(carried);
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "results") return;
    for (const carried of document.querySelectorAll("#compare input[name=i]")) {
      const shown = document.querySelector(`#results input[value="${carried.value}"]`);
      if (shown) {
        shown.checked = true;
        carried.remove();
      }
    }
    hold();
  });

  // At a desk the filters stand open beside the results; on a phone they are folded until they are wanted, and nothing jumps.
  const unfold = () => {
    const facets = document.querySelector(".facets .fold");
    if (facets && matchMedia("(min-width: 860px)").matches) facets.open = true;
  };
  unfold();
  document.addEventListener("htmx:afterSwap", unfold);

  // Charts come when their section is opened: their scripts wait in a template.
  document.addEventListener("htmx:afterSettle", () => {
    const waiting = document.querySelector("template[data-charts]");
    if (!waiting) return;
    for (const tag of waiting.content.querySelectorAll("script")) {
      const script = document.createElement("script");
      if (tag.integrity) script.integrity = tag.integrity;
      script.async = false;
      script.src = tag.src;
      document.head.append(script);
    }
    waiting.remove();
  });
})();
