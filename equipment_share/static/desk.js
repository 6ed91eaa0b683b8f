// The owner's inbox by keyboard; every act is a form that works without this.
"use strict";
(() => {
  const inbox = document.querySelector("[data-inbox]");
  if (!inbox) return;
  const told = inbox.querySelector("[data-told]");
  const keysOn = document.querySelector("[data-keys]");
  const rows = () => [...inbox.querySelectorAll("[data-request]:not(.sending)")];
  const box = (row) => row.querySelector("input[name=booking]");
  const say = (words) => { told.textContent = words; };
  let last = null;

  const current = () => {
    const inside = document.activeElement && document.activeElement.closest("[data-request]");
    return inside || (last && last.isConnected && !last.classList.contains("sending") ? last : null);
  };
  const go = (row) => {
    if (!row) return;
    last = row;
    row.focus();
  };
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(current());
    go(all[Math.max(0, Math.min(all.length - 1, at + by))]);
  };
  // An answer is on its way: the next request is already under the hand.
  const send = (row, button) => {
    const all = rows();
    const at = all.indexOf(row);
    const next = all[at + 1] || all[at - 1];
    row.classList.add("sending");
    go(next);
    button.click();
  };
  const show = (row, name) => {
    const more = row.querySelector(`[data-${name}]`);
    if (!more) return;
    more.open = true;
    more.querySelector("button, input:not([type=hidden])").focus();
  };
  const many = document.getElementById("many");
  const boxes = () => [...inbox.querySelectorAll("input[name=booking]")];
  const marked = () => boxes().filter((one) => one.checked);
  // The buttons that approve many count what they would approve; with nothing marked, or one request left, there is nothing for them to do.
  const recount = () => {
    if (!many) return;
    const count = marked().length;
    const all = many.querySelector("[data-all]");
    all.checked = count > 0 && count === boxes().length;
    all.indeterminate = count > 0 && !all.checked;
    many.querySelector("[data-many]").disabled = !count;
    many.querySelector("[data-marked]").textContent = count ? ` · ${count}` : "";
    many.hidden = boxes().length < 2;
    const button = inbox.querySelector("[data-all-clean]");
    if (!button) return;
    const left = inbox.querySelectorAll("input[name=clean]").length;
    button.querySelector("[data-clean-count]").textContent = left;
    button.hidden = left === 0;
  };

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    // Where another time is proposed the first press says what a yes means, the second says it.
    a: (row) => {
      if (!row) return;
      const ask = row.querySelector("[data-approving]:not([open])");
      if (ask) show(row, "approving");
      else send(row, row.querySelector("[data-approve]"));
    },
    r: (row) => row && show(row, "refuse"),
    p: (row) => row && show(row, "propose"),
    o: (row) => row && row.querySelector("[data-open]").click(),
    x: (row) => { if (row && box(row)) box(row).click(); },
    A: () => {
      if (marked().length) many.querySelector("[data-many]").click();
      else inbox.querySelectorAll("[data-clean] input[name=booking]").forEach((one) => { one.checked = true; });
      recount();
    },
    "?": () => document.getElementById("keys").togglePopover(),
    Escape: (row) => {
      if (!row) return;
      row.querySelectorAll("details[open]").forEach((more) => { more.open = false; });
      row.focus();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.querySelector(":popover-open")) return; // it closes the menu, or the list of keys
    const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || (typing && event.key !== "Escape")) return;
    if (keysOn && !keysOn.checked && event.key !== "Escape") return;
    const row = current();
    const open = row && row.querySelector("[data-refuse][open]");
    const reason = open && /^[1-9]$/.test(event.key) ? open.querySelectorAll("button[name=reason]")[Number(event.key) - 1] : null;
    if (reason) send(row, reason);
    else if (keys[event.key]) keys[event.key](row);
    else return;
    event.preventDefault();
  });
  inbox.addEventListener("focusin", (event) => { last = event.target.closest("[data-request]") || last; });

  inbox.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) boxes().forEach((one) => { one.checked = event.target.checked; });
    recount();
  });
  recount();

  // What came back is said aloud; by mouse or thumb the page stays where it was.
  document.addEventListener("htmx:load", (event) => {
    const words = event.detail.elt.querySelector && event.detail.elt.querySelector("[data-words]");
    if (words) say(words.textContent.trim());
    recount();
  });
  const failed = (event) => {
    const row = event.target.closest && event.target.closest("[data-request]");
    if (row) row.classList.remove("sending");
    say(inbox.dataset.failed);
    told.classList.remove("visually-hidden");
    told.classList.add("note", "red");
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status !== 422) failed(event); });

  if (keysOn) {
    keysOn.checked = localStorage.getItem("inbox-keys") !== "off";
    keysOn.addEventListener("change", () => localStorage.setItem("inbox-keys", keysOn.checked ? "on" : "off"));
  }
})();
