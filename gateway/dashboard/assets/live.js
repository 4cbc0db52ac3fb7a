// Keeps the parts of a page current. An element with data-live names a stream of
// events; each event "part" has elements that replace those with the same ids. An
// element with data-into is put there if it is new, at its place by data-key. One with
// data-gone is removed.
"use strict";
(() => {
  const streams = new Map(); // element -> EventSource
  const known = new WeakSet(); // elements that have had a stream
  const waiting = new Set(); // elements whose next attempt has its time
  const waits = new WeakMap(); // element -> how long the next attempt waits, in ms
  const held = new Map(); // id -> the part that comes when its element is let go

  function place(part) {
    const old = document.getElementById(part.id);
    // A button that is replaced between press and release is not clicked.
    if (old && old.matches(":active")) {
      held.set(part.id, part);
      return;
    }
    held.delete(part.id);
    if (part.hasAttribute("data-gone")) {
      if (old) old.remove();
      return;
    }
    if (old) {
      if (old.outerHTML === part.outerHTML) return;
      // What somebody may be typing in stays until it stands for something else.
      if (old.dataset.hold && old.dataset.hold === part.dataset.hold) return;
      const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
      old.replaceWith(part);
      const again = focused && document.getElementById(focused);
      if (again) again.focus({ preventScroll: true });
    } else {
      const into = part.dataset.into && document.getElementById(part.dataset.into);
      if (!into) return;
      let before = null;
      for (const other of into.children) {
        if (!other.dataset.key) { // the row that loads more: what comes behind it is not shown yet
          if (other.id === "more") return;
          continue;
        }
        if (other.dataset.key > part.dataset.key) { before = other; break; }
      }
      into.insertBefore(part, before);
    }
    htmx.process(part);
    document.dispatchEvent(new CustomEvent("live:part", { detail: part }));
  }

  // The click comes right after the release, and before a timer.
  function release() {
    setTimeout(() => [...held.values()].forEach(place));
  }

  function open(element) {
    const source = new EventSource(element.dataset.live);
    streams.set(element, source);
    source.addEventListener("open", () => {
      if (known.has(element)) refresh(element); // what happened meanwhile was missed
      known.add(element);
      waits.delete(element);
    });
    // A browser connects anew by itself, unless something has answered that is no stream:
    // a proxy whose gateway is being replaced, or a gateway with too many streams.
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED && streams.get(element) === source) retry(element);
    });
    source.addEventListener("part", (event) => {
      const holder = document.createElement("template");
      holder.innerHTML = event.data; // made by the server's templates, which escape
      for (const part of [...holder.content.children]) place(part);
      if (element.hasAttribute("data-reload") && holder.content.querySelector("[data-into]")) location.reload();
    });
    source.addEventListener("go", (event) => location.assign(event.data));
    source.addEventListener("ended", () => {
      source.close();
      notice("Your login has ended, so this page is not current any more.");
    });
  }

  function retry(element) {
    close(element);
    const wait = waits.get(element) || 2000;
    waits.set(element, Math.min(2 * wait, 60000));
    waiting.add(element);
    setTimeout(() => { waiting.delete(element); update(); }, wait);
  }

  function close(element) {
    const source = streams.get(element);
    if (source) source.close();
    streams.delete(element);
  }

  // refresh gets an element anew, by the form that made it.
  function refresh(element) {
    const form = element.dataset.refresh && document.querySelector(element.dataset.refresh);
    if (form) htmx.trigger(form, "input");
  }

  // A tab that nobody sees has no stream: browsers allow few at a time.
  function update() {
    for (const element of [...streams.keys()]) {
      if (document.hidden || !element.isConnected) close(element);
    }
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[data-live]")) {
      if (!streams.has(element) && !waiting.has(element)) open(element);
    }
  }

  function notice(text) {
    const box = document.createElement("div");
    box.className = "callout warn";
    const words = document.createElement("span");
    words.textContent = text;
    box.append(words);
    document.getElementById("notice").replaceChildren(box);
  }

  for (const end of ["pointerup", "pointercancel", "dragend", "keyup"]) document.addEventListener(end, release);
  document.addEventListener("page:notice", (event) => notice(event.detail));
  document.addEventListener("visibilitychange", () => {
    update();
    if (!document.hidden) document.querySelectorAll("[data-live]").forEach(refresh);
  });
  document.addEventListener("htmx:afterSettle", update);
  document.addEventListener("live:part", update);
  addEventListener("pagehide", () => [...streams.keys()].forEach(close));
  addEventListener("pageshow", update);
  update();
})();
