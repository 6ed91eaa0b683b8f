// What was typed survives a sign-in that ended meanwhile: kept in this tab only, never passwords or files, gone once it was received.
"use strict";
(() => {
  const { person, kept } = document.currentScript.dataset;
  const KEY = "draft";
  const signIn = document.querySelector("form[data-sign-in]");
  const read = () => { try { return JSON.parse(sessionStorage.getItem(KEY)); } catch { return null; } };
  const forget = () => sessionStorage.removeItem(KEY);
  const isTyped = (field) => field.name && !field.disabled && !["hidden", "password", "file", "submit", "button"].includes(field.type);
  const values = (form) => [...form.elements].filter(isTyped).map((field) => (
    ["checkbox", "radio"].includes(field.type) ? field.checked
      : field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value));
  const place = (form) => [form.getAttribute("action") || "", [...document.forms].filter((other) => other.getAttribute("action") === form.getAttribute("action")).indexOf(form)];

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || !person || form.querySelector("input[type=password]") || ![...form.elements].some(isTyped)) return;
    sessionStorage.setItem(KEY, JSON.stringify({ person, page: location.pathname + location.search, place: place(form), values: values(form), lost: false }));
  });

  const fill = (form, typed) => {
    [...form.elements].filter(isTyped).forEach((field, at) => {
      if (typed[at] === undefined) return;
      if (["checkbox", "radio"].includes(field.type)) field.checked = typed[at];
      else if (field.multiple) [...field.options].forEach((option) => { option.selected = typed[at].includes(option.value); });
      else field.value = typed[at];
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    const words = document.createElement("p");
    words.className = "note amber";
    words.setAttribute("role", "status");
    words.textContent = kept;
    form.prepend(words);
    form.closest("details")?.setAttribute("open", "");
    words.scrollIntoView({ block: "center" });
  };

  const draft = read();
  if (!draft) return;
  if (signIn) {  // the request met a session that had ended: back to the form's own page after signing in
    sessionStorage.setItem(KEY, JSON.stringify({ ...draft, lost: true }));
    signIn.querySelector("input[name=next]").value = draft.page;
  } else if (draft.lost && draft.person === person && draft.page === location.pathname + location.search) {
    const form = [...document.forms].find((one) => JSON.stringify(place(one)) === JSON.stringify(draft.place));
    forget();
    if (form) fill(form, draft.values);
  } else {
    forget();
  }
})();
