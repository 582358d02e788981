// What pages gain with JavaScript. Every page reads and every form sends without it.
"use strict";
(() => {
  const QUIET_MS = 20000; // after this long without an answer a person may press again

  // Buttons go quiet after the first press. Not `disabled`: the pressed button's name must travel with the form.
  const quiet = (form) => {
    form.dataset.sent = "yes";
    form.querySelectorAll("[data-once]").forEach((button) => button.setAttribute("aria-disabled", "true"));
    setTimeout(() => wake(form), QUIET_MS);
  };
  const wake = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[data-once]").forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    else if (form.querySelector("[data-once]") && !event.defaultPrevented) quiet(form);
  });
  const wakeAll = () => document.querySelectorAll("form[data-sent]").forEach(wake);
  window.addEventListener("pageshow", wakeAll); // back from the browser's memory
  document.addEventListener("htmx:finally:request", wakeAll);

  // A form that saves itself sends what was typed; papers go when the person sends them, not at every change.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (!sourceElement.matches("[data-autosave]")) return;
    [...request.body].filter(([, value]) => value instanceof File).forEach(([name]) => request.body.delete(name));
  });
  // It says so when it could not.
  const unsaved = () => {
    const line = document.querySelector("[data-failed]");
    if (line) line.textContent = line.dataset.failed;
  };
  document.addEventListener("htmx:response:error", unsaved);
  document.addEventListener("htmx:error", unsaved);

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 2000);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
    if (event.target.closest("[data-print]")) window.print();
  });

  const size = (bytes) =>
    bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1).replace(".", ",")} MB`;
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-file]")) return;
    const shown = event.target.parentElement.querySelector("[data-file-chosen]");
    const files = [...event.target.files];
    shown.textContent = files.map((file) => `${file.name} (${size(file.size)})`).join(", ");
    shown.hidden = files.length === 0;
  });

  // Lists by key: j and k walk the rows' first links of [data-keys], Enter follows, / searches, ? shows [data-key-help].
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const walk = (step) => {
    const links = [...document.querySelectorAll("[data-keys] tbody tr")].map((row) => row.querySelector("a"));
    const now = links.indexOf(document.activeElement);
    const next = links.filter(Boolean).length && links[Math.max(0, Math.min(links.length - 1, now + step))];
    if (next) next.focus();
  };
  const keys = {
    j: () => walk(1),
    k: () => walk(-1),
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => document.querySelector("dialog[data-key-help]")?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    event.preventDefault();
    act();
  });

  const ready = (root) => {
    if (navigator.clipboard) root.querySelectorAll("[data-copy]").forEach((button) => (button.hidden = false));
    root.querySelectorAll("[data-print], [data-file-button]").forEach((button) => (button.hidden = false));
  };
  document.addEventListener("htmx:after:swap", () => ready(document));
  ready(document);
  document.querySelector("[data-error-summary]")?.focus();
})();
