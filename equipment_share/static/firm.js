// The booking form remembers what was typed until it is sent: an expired sign-in or a lost connection loses nothing.
// The quote follows every change by itself, so the button that asks for it is only needed without script.
"use strict";
(() => {
  document.documentElement.classList.add("with-script");
  const MOST_MINUTES = 30;
  const sent = document.querySelector("[data-sent]");
  if (sent) forget(`draft:${sent.dataset.sent}`);
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const place = `draft:${location.pathname}`;
  const kept = ["purpose", "samples", "mode", "start", "end"];
  const times = ["start", "end"];
  const named = (name) => kept.includes(name) || name.startsWith("answer_") || name.startsWith("add_on_");
  const fields = () => [...form.elements].filter((one) => named(one.name) && !["file", "hidden", "submit"].includes(one.type));

  function forget(name) {
    try { sessionStorage.removeItem(name); } catch { /* no storage, no draft */ }
  }

  function keep() {
    const values = Object.fromEntries(fields().map((one) => [one.name, one.value]));
    try { sessionStorage.setItem(place, JSON.stringify({ at: Date.now(), values })); } catch { /* no storage, no draft */ }
  }

  function draft() {
    try {
      const found = JSON.parse(sessionStorage.getItem(place) || "null");
      return found && Date.now() - found.at < MOST_MINUTES * 60000 ? found.values : null;
    } catch { return null; }
  }

  function restore() {
    const values = draft();
    if (!values) return;
    const address = new URLSearchParams(location.search);
    let changed = false;
    for (const one of fields()) {
      const chosen = address.has(times.includes(one.name) ? "start" : one.name);
      if (chosen || values[one.name] === undefined || values[one.name] === one.value) continue;
      one.value = values[one.name];
      changed = true;
    }
    if (changed) form.elements.start.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // a form that came back from the house already has what was typed, and perhaps another time
  if (form.dataset.draft === "fresh") restore();
  else keep();
  form.addEventListener("input", keep);
})();
