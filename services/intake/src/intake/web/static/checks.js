// What forms gain with JavaScript: questions that are not asked for are hidden, and each answer is checked by the very
// schema the server judges by, with the server's sentences. Without this file the same forms send themselves.
"use strict";
(() => {
  const form = document.querySelector("form[data-schema]");
  if (!form) return;

  // --- conditions ---
  const valueOf = (name) => {
    const controls = [...form.elements].filter((one) => one.name === name);
    if (controls.length === 0) return "";
    if (controls[0].type === "checkbox") return controls[0].checked ? "true" : "false";
    if (controls[0].type === "radio") return controls.find((one) => one.checked)?.value ?? "";
    return controls[0].value.trim();
  };
  const isFilled = (name) => {
    const found = valueOf(name);
    if (found) return found !== "false";
    return [...form.elements].some((one) => one.name.startsWith(`${name}-0-`) && one.value.trim());
  };
  const isAsked = ({ field, values, filled }) => (filled ? isFilled(field) : values.includes(valueOf(field)));
  const showAsked = () =>
    form.querySelectorAll("[data-when]").forEach((part) => (part.hidden = !isAsked(JSON.parse(part.dataset.when))));
  form.addEventListener("input", showAsked);
  form.addEventListener("change", showAsked);
  showAsked();

  // --- what was typed, as the schema expects it ---
  const dateOf = (text) => {
    const parts = text.match(/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/);
    return parts ? `${parts[3]}-${parts[2].padStart(2, "0")}-${parts[1].padStart(2, "0")}` : text;
  };
  const read = (schema, name) => {
    if (schema.type === "boolean" || schema.const === true) {
      const box = [...form.elements].find((one) => one.name === name);
      return box && !box.closest("[hidden]") ? box.checked : undefined;
    }
    const control = [...form.elements].find((one) => one.name === name);
    if (!control || control.closest("[hidden]")) return undefined;
    const text = valueOf(name);
    if (text === "") return undefined;
    if (schema.type === "integer") return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : text;
    if (schema.type === "number") return /^[+-]?\d{1,15}([.,]\d{1,9})?$/.test(text) ? Number(text.replace(",", ".")) : text;
    return schema.format === "date" ? dateOf(text) : text;
  };
  const readRows = (schema, table) => {
    const rows = [];
    for (let index = 0; [...form.elements].some((one) => one.name.startsWith(`${table}-${index}-`)); index += 1) {
      const row = {};
      for (const [column, its] of Object.entries(schema.items.properties)) {
        const value = read(its, `${table}-${index}-${column}`);
        if (value !== undefined && value !== false) row[column] = value;
      }
      rows.push(Object.keys(row).length ? row : null); // an empty row counts for nothing, but keeps its place
    }
    return rows;
  };
  const readSheet = (schema) => {
    const sheet = {};
    for (const [key, its] of Object.entries(schema.properties)) {
      const value = its.type === "array" ? readRows(its, key) : read(its, key);
      if (value !== undefined && !(Array.isArray(value) && value.every((row) => row === null))) sheet[key] = value;
    }
    return sheet;
  };

  // --- the part of JSON Schema that forms use; a keyword that is not here is left to the server ---
  const FORMATS = {
    date: (text) => {
      const day = new Date(`${text}T00:00:00Z`);
      return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(text) && text >= "1900";
    },
    email: (text) => /^[^@\s<>"]+@[^@\s.<>"]+(\.[^@\s.<>"]+)+$/.test(text),
    phone: (text) => /^((\+84|0)\d{8,10}|1[89]00\d{4,6})$/.test(text.replace(/[\s.()-]/g, "")),
  };
  const TYPES = {
    string: (value) => typeof value === "string",
    integer: Number.isInteger,
    number: (value) => typeof value === "number",
    boolean: (value) => typeof value === "boolean",
    array: Array.isArray,
    object: (value) => typeof value === "object",
  };
  const lengthOf = (text) => [...text].length;
  const flawOf = (schema, value) => {
    if ("const" in schema && value !== schema.const) return "must_be_true";
    if (schema.enum && !schema.enum.includes(value)) return "enum";
    if (schema.type && !TYPES[schema.type](value)) return "type";
    if (typeof value === "number" && value < schema.minimum) return "minimum";
    if (typeof value === "number" && value > schema.maximum) return "maximum";
    if (typeof value === "string" && lengthOf(value) > schema.maxLength) return "maxLength";
    if (typeof value === "string" && schema.format && FORMATS[schema.format] && !FORMATS[schema.format](value)) return "format";
    return Array.isArray(value) && value.length > schema.maxItems ? "maxItems" : "";
  };
  const holds = (schema, sheet) =>
    (schema.required ?? []).every((key) => key in sheet) &&
    Object.entries(schema.properties ?? {}).every(([key, its]) => !(key in sheet) || !flawOf(its, sheet[key])) &&
    (schema.allOf ?? []).every((one) => holds(one, sheet)) &&
    (!schema.anyOf || schema.anyOf.some((one) => holds(one, sheet))) &&
    (!schema.not || !holds(schema.not, sheet));
  const wanted = (schema, sheet) => {
    const found = new Set(schema.required ?? []);
    for (const [key, others] of Object.entries(schema.dependentRequired ?? {})) if (key in sheet) others.forEach((one) => found.add(one));
    for (const rule of schema.allOf ?? []) if (rule.if && holds(rule.if, sheet)) (rule.then?.required ?? []).forEach((one) => found.add(one));
    return found;
  };
  const flawsOf = (told, schema, sheet) => {
    const found = [];
    const add = (id, name, code, before = "") => found.push({ id, sentence: before + (told.sentences[name]?.[code] ?? "") });
    const needed = wanted(schema, sheet);
    for (const [key, its] of Object.entries(schema.properties)) {
      if (!(key in sheet)) {
        if (needed.has(key) && document.getElementById(key)) add(key, key, "required");
        continue;
      }
      const code = flawOf(its, sheet[key]);
      if (code) add(key, key, code);
      if (!Array.isArray(sheet[key])) continue;
      sheet[key].forEach((row, index) => {
        if (row === null) return;
        const before = told.rows[key].replace("#", String(index + 1));
        const inRow = new Set(its.items.required ?? []);
        for (const [column, cell] of Object.entries(its.items.properties)) {
          const wrong = column in row ? flawOf(cell, row[column]) : inRow.has(column) ? "required" : "";
          if (wrong) add(`${key}-${index}-${column}`, `${key}.${column}`, wrong, before);
        }
      });
    }
    return found.filter((flaw) => flaw.sentence && document.getElementById(flaw.id));
  };

  // --- beside the field, and in a summary, as the server says it ---
  const lookOf = (name) => document.querySelector(`template[data-${name}-look]`).content.firstElementChild.cloneNode(true);
  const clear = (id) => {
    document.getElementById(`${id}-error`)?.remove();
    const control = document.getElementById(id);
    control?.removeAttribute("aria-invalid");
    control?.closest("td, .field")?.classList.remove("field-wrong");
    const described = (control?.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== `${id}-error`);
    if (described.length) control.setAttribute("aria-describedby", described.join(" "));
    else control?.removeAttribute("aria-describedby");
  };
  const say = ({ id, sentence }) => {
    clear(id);
    const control = document.getElementById(id);
    const place = control.closest("td, .field, fieldset");
    const shown = lookOf("error");
    shown.id = `${id}-error`;
    shown.querySelector("[data-sentence]").textContent = sentence;
    const before = place.querySelector(".field-control, .form-check, .table-wrap, .form-control, .form-select");
    before.parentElement.insertBefore(shown, before);
    place.classList.add("field-wrong");
    if (control.matches("fieldset")) return;
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${shown.id}`.trim());
  };
  const summarise = (flaws) => {
    document.querySelector(".error-summary")?.remove();
    if (!flaws.length) return;
    const summary = lookOf("summary");
    for (const { id, sentence } of flaws) {
      const link = Object.assign(document.createElement("a"), { href: `#${id}`, textContent: sentence });
      summary.querySelector("ul").appendChild(document.createElement("li")).appendChild(link);
    }
    document.querySelector("h1").before(summary);
    summary.focus();
  };

  fetch(form.dataset.schema, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))))
    .then((told) => {
      const find = () => flawsOf(told, told.schema, readSheet(told.schema));
      form.addEventListener("change", ({ target }) => {
        if (!target.id || !target.name) return;
        const id = target.type === "radio" ? target.name : target.id;
        const flaw = find().find((one) => one.id === id);
        if (flaw) say(flaw);
        else clear(id);
      });
      form.addEventListener("submit", (event) => {
        if (event.submitter?.name) return; // rows are added and removed whatever else is wrong
        const flaws = find();
        if (!flaws.length) return;
        event.preventDefault();
        form.querySelectorAll(".field-error").forEach((one) => clear(one.id.replace(/-error$/, "")));
        flaws.forEach(say);
        summarise(flaws);
      });
      form.dataset.checks = "ready";
    })
    .catch(() => {}); // the server says what is wrong
})();
