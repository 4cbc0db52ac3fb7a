// Small things that pages need everywhere.
"use strict";
(() => {
  // Times are shown as how long ago they were, in the visitor's language.
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  function ago(element) {
    const time = new Date(element.dateTime);
    const seconds = (Date.now() - time) / 1000;
    element.title = time.toLocaleString();
    for (const [unit, length] of units) {
      if (Math.abs(seconds) >= length) {
        element.textContent = words.format(-Math.trunc(seconds / length), unit);
        return;
      }
    }
    element.textContent = "just now";
  }

  function clock(element) {
    element.textContent = new Date(element.dateTime).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  }

  // What is typed into a form with data-keep comes back after a reload, until it is
  // sent. It stays in the tab; passwords are never kept.
  function drafted(form) {
    return [...form.elements].filter((e) => e.name && e.name !== "csrf" && e.type !== "password" && e.type !== "hidden" && e.type !== "file");
  }
  function keep(form) {
    const values = drafted(form).map((e) => [e.name, e.type === "radio" || e.type === "checkbox" ? [e.value, e.checked] : e.value]);
    sessionStorage.setItem("draft " + form.dataset.keep, JSON.stringify(values));
  }
  function recall(form) {
    if (form.dataset.recalled) return;
    form.dataset.recalled = "true";
    const kept = JSON.parse(sessionStorage.getItem("draft " + form.dataset.keep) || "[]");
    for (const [name, value] of kept) {
      for (const e of drafted(form)) {
        if (e.name !== name) continue;
        if (!Array.isArray(value)) e.value = value;
        else if (e.value === value[0]) e.checked = value[1];
      }
    }
  }

  // What is wrong with a form is told at its field, until that is changed.
  function wrong(problem) {
    const field = problem.dataset.field && document.getElementById(problem.dataset.field);
    if (!field) return;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-errormessage", problem.id);
    field.focus();
    field.addEventListener("input", () => {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-errormessage");
      const shown = document.getElementById(problem.id);
      shown.replaceChildren();
      shown.removeAttribute("class");
    }, { once: true });
  }

  // The time that is left, from data-left in seconds.
  const ends = new WeakMap();
  function left(element) {
    if (!ends.has(element)) ends.set(element, Date.now() + 1000 * element.dataset.left);
    const seconds = Math.max(0, Math.round((ends.get(element) - Date.now()) / 1000));
    if (element.tagName === "PROGRESS") element.value = seconds;
    else element.textContent = seconds;
  }

  function prepare(root) {
    root.querySelectorAll("time[data-ago]").forEach(ago);
    root.querySelectorAll("time[data-clock]").forEach(clock);
    if (root.matches && root.matches("[data-field]")) wrong(root);
    root.querySelectorAll("form[data-keep]").forEach(recall);
    root.querySelectorAll("[data-left]").forEach(left);
    if (!isSecureContext) root.querySelectorAll("[data-insecure]").forEach((e) => { e.hidden = false; });
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest && event.target.closest("form[data-keep]");
    if (form) keep(form);
  });
  // A slash goes to the search, as on many sites.
  document.addEventListener("keydown", (event) => {
    const search = document.querySelector("input[type=search]");
    if (event.key !== "/" || !search || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    search.focus();
  });
  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      await navigator.clipboard.writeText(document.querySelector(copy.dataset.copy).textContent);
      const label = copy.textContent;
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = label; }, 1500);
    }
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.parentElement.remove();
  });
  // What a form was told is over when it is sent again.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches("form[hx-target='#notice']")) document.getElementById("notice").replaceChildren();
  });
  // A form that was taken leaves no draft.
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (event.detail.xhr.status < 400 && form.dataset.keep) sessionStorage.removeItem("draft " + form.dataset.keep);
  });
  document.addEventListener("htmx:afterSettle", (event) => prepare(event.target));
  document.addEventListener("live:part", (event) => prepare(event.detail.parentElement || document));
  setInterval(() => document.querySelectorAll("[data-left]").forEach(left), 1000);
  setInterval(() => document.querySelectorAll("time[data-ago]").forEach(ago), 30000);
  prepare(document);
})();
