// The page of events: the newest first, the last 300 of them.
"use strict";
(() => {
  const most = 300;
  const list = document.getElementById("events");
  const bar = document.getElementById("events-bar");
  const state = document.getElementById("events-state");
  const pause = document.getElementById("events-pause");
  const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  let source = null;
  let wait = 2000; // before the next attempt, in ms
  let connected = "Connecting…";
  let waiting = []; // what came during a pause

  const paused = () => pause.getAttribute("aria-pressed") === "true";
  function filter(rows) {
    const find = bar.elements.find.value.trim().toLowerCase();
    const chosen = new Set([...bar.querySelectorAll("[name=family]:checked")].map((e) => e.value));
    for (const row of rows) row.hidden = !chosen.has(row.dataset.family) || (find !== "" && !row.textContent.toLowerCase().includes(find));
  }
  function say() {
    const shown = list.querySelectorAll(".event:not([hidden])").length;
    let text = connected;
    if (list.children.length) text += " " + shown + " of " + list.children.length + " events match.";
    if (paused()) text = "Paused. " + waiting.length + " new events wait.";
    state.textContent = text;
  }
  function show(rows) {
    for (const row of rows) {
      const time = row.querySelector("time");
      time.textContent = clock.format(new Date(time.dateTime));
    }
    filter(rows);
    list.prepend(...rows);
    while (list.children.length > most) list.lastElementChild.remove();
  }
  function take(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html; // made by the server's templates, which escape
    const rows = [...holder.content.children];
    if (paused()) waiting = [...rows, ...waiting].slice(0, most);
    else show(rows);
    say();
  }

  function open() {
    if (document.hidden && source) {
      source.close();
      source = null;
      connected = "Events that happened while this tab was hidden are not shown.";
    }
    if (document.hidden || source) return;
    source = new EventSource(list.dataset.events);
    source.addEventListener("events", (event) => take(event.data));
    source.addEventListener("state", (event) => {
      connected = event.data === "running" ? "Connected: events appear as they happen." : "The session is not running. Its events appear here when it is.";
      say();
    });
    source.addEventListener("open", () => { wait = 2000; });
    source.addEventListener("error", (event) => {
      if (event.target !== source) return;
      connected = "The connection is lost, and made anew.";
      say();
      // A browser connects anew by itself, unless a proxy has answered instead of a gateway.
      if (source.readyState !== EventSource.CLOSED) return;
      source = null;
      setTimeout(open, wait);
      wait = Math.min(2 * wait, 60000);
    });
    source.addEventListener("ended", () => {
      source.close();
      connected = "Your login has ended.";
      say();
    });
  }

  pause.addEventListener("click", () => {
    pause.setAttribute("aria-pressed", String(!paused()));
    pause.textContent = paused() ? "Go on" : "Pause";
    if (!paused()) {
      show(waiting);
      waiting = [];
    }
    say();
  });
  document.getElementById("events-clear").addEventListener("click", () => {
    list.replaceChildren();
    waiting = [];
    say();
  });
  bar.addEventListener("input", () => { filter(list.children); say(); });
  bar.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("visibilitychange", open);
  addEventListener("pagehide", () => { if (source) source.close(); source = null; });
  addEventListener("pageshow", open);
  open();
})();
