// Keys at the desk; and Enter does what belongs to the field one is in. Without this file every button is there.
"use strict";
document.addEventListener("keydown", (event) => {
  const form = document.querySelector("[data-desk]");
  if (event.key !== "Enter" || !form) return;
  const press = (selector) => {
    const button = form.querySelector(selector);
    if (!button) return;
    event.preventDefault();
    button.click();
  };
  if (event.ctrlKey || event.metaKey) press("[data-register]");
  else if (event.target.id === "q") press("[data-find]");
  else if (event.target.id === "dossier_code") press("[data-answer]");
});
