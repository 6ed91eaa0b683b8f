// The booking form remembers what was typed until it is sent: an expired sign-in or a lost connection loses nothing.
// A draft belongs to one person, one instrument and one time; it comes back whole, says so, and can be cleared.
// The quote follows every change by itself, so the button that asks for it is only needed without script.
"use strict";
(() => {
  document.documentElement.classList.add("with-script");
  const MOST_MINUTES = 30;
  const person = document.querySelector("script[data-person]")?.dataset.person || "";
  const named = (path) => `draft:${path}`;

  function read(name) {
    try { return JSON.parse(sessionStorage.getItem(name) || "null"); } catch { return null; }
  }

  function write(name, draft) {
    try { sessionStorage.setItem(name, JSON.stringify(draft)); } catch { /* no storage, no draft */ }
  }

  function forget(name) {
    try { sessionStorage.removeItem(name); } catch { /* no storage, no draft */ }
  }

  // what was sent from here has arrived: the page that answers says of which form
  for (const { dataset } of document.querySelectorAll("[data-sent]")) {
    if (read(named(dataset.sent))?.sent) forget(named(dataset.sent));
  }
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const place = named(new URL(form.action).pathname);
  const fields = () => [...form.elements].filter((one) => one.name && !["file", "hidden", "submit", "button"].includes(one.type));
  const said = (one) => (one.type === "checkbox" ? String(one.checked) : one.value);

  function keep(sent = false) {
    const values = Object.fromEntries(fields().map((one) => [one.name, said(one)]));
    write(place, { at: Date.now(), person, sent, values });
  }

  function kept() {
    const draft = read(place);
    if (!draft || draft.person !== person || Date.now() - draft.at > MOST_MINUTES * 60000) return null;
    const { start, end } = form.elements;
    const elsewhere = new URLSearchParams(location.search).has("start") && (draft.values.start !== start.value || draft.values.end !== end.value);
    return elsewhere ? null : draft.values;
  }

  function fill(values) {
    for (const one of fields()) {
      if (values[one.name] === undefined || values[one.name] === said(one)) continue;
      if (one.type === "checkbox") one.checked = values[one.name] === "true";
      else one.value = values[one.name];
      one.closest("details")?.setAttribute("open", "");
    }
    form.querySelector("#restored").hidden = false;
    form.elements.start.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function restore() {
    const values = kept();
    if (!values || fields().every((one) => (values[one.name] ?? said(one)) === said(one))) return;
    const { mode } = form.elements;
    if (values.mode === mode.value) {
      fill(values);
      return;
    }
    // what can be had beside the time hangs on the mode: the rest waits until it is there
    mode.value = values.mode;
    document.addEventListener("htmx:afterSettle", function rest(event) {
      if (event.target.id !== "options") return;
      document.removeEventListener("htmx:afterSettle", rest);
      fill(values);
    });
    mode.dispatchEvent(new Event("change", { bubbles: true }));
  }

  form.querySelector("[data-clear]")?.addEventListener("click", () => {
    forget(place);
    location.replace(location.pathname + location.search);
  });
  form.addEventListener("input", () => keep());
  form.addEventListener("submit", () => keep(true));
  // a form that came back from the house already has what was typed, and perhaps another time
  if (form.dataset.draft === "fresh") document.addEventListener("DOMContentLoaded", restore);  // after htmx, which then prices it anew
  else keep();
})();
