// The times on the page of chats, and the lines between days.
"use strict";
const chatTimes = (() => {
  // Times are shown in the visitor's zone and language.
  const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
  const date = new Intl.DateTimeFormat([], { day: "numeric", month: "short", year: "numeric" });
  const weekday = new Intl.DateTimeFormat([], { weekday: "long" });
  function dayOf(time) {
    const today = new Date();
    const days = Math.round((new Date(today).setHours(0, 0, 0, 0) - new Date(time).setHours(0, 0, 0, 0)) / 86400000);
    if (days === 0) return "Today";
    if (days === 1) return "Yesterday";
    return days > 1 && days < 7 ? weekday.format(time) : date.format(time);
  }
  function showTimes(root) {
    for (const element of root.querySelectorAll("time[data-when]")) {
      const time = new Date(element.dateTime);
      const day = dayOf(time);
      element.textContent = element.dataset.when === "time" || day === "Today" ? clock.format(time) : day;
      element.title = time.toLocaleString();
      element.removeAttribute("data-when");
    }
  }

  // A line between the messages of two days.
  function showDays() {
    const list = document.getElementById("message-list");
    if (!list) return;
    list.querySelectorAll(".day").forEach((e) => e.remove());
    let last = "";
    for (const message of list.querySelectorAll(".message")) {
      if (!(message.dataset.at > 0)) continue;
      const day = dayOf(new Date(1000 * message.dataset.at));
      if (day !== last) {
        const line = document.createElement("li");
        line.className = "day";
        line.textContent = day;
        message.before(line);
        last = day;
      }
    }
  }

  return { showTimes, showDays };
})();
