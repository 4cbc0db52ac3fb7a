// The page of chats. What the server sends, over the stream or as the answer to a form,
// are elements that say by data-put where they belong.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const rows = () => byId("chat-rows");
  const messages = () => byId("messages");
  // live.js shows it.
  const notice = (text) => document.dispatchEvent(new CustomEvent("page:notice", { detail: text }));

  const { showTimes, showDays } = chatTimes;

  function prepare(root) {
    showTimes(root);
    htmx.process(root);
  }

  // Where the elements belong.
  const putters = {
    replace(part) {
      const old = byId(part.id);
      if (!old) return;
      const focused = old.contains(document.activeElement) && document.activeElement.value;
      old.replaceWith(part);
      if (focused) (part.querySelector("button") || part).focus();
    },
    row(part) {
      const list = rows();
      if (!list) return;
      const old = byId(part.id);
      const link = part.querySelector("a");
      const open = byId("messages");
      if (open && decodeURIComponent(link.pathname.split("/").pop()) === open.dataset.chat) link.setAttribute("aria-current", "true");
      const search = byId("chat-search").value.trim() !== "";
      const box = document.querySelector("input[name=box]:checked").value;
      if (search) {
        if (old) old.replaceWith(part);
        return;
      }
      if (!part.dataset.boxes.split(" ").includes(box)) {
        // The chat that is open stays in its list until another is opened.
        if (old && !(box === "unread" && link.hasAttribute("aria-current"))) old.remove();
        else if (old) old.replaceWith(part);
        return;
      }
      const focused = old && old.contains(document.activeElement);
      const key = (row) => (row.hasAttribute("data-pinned") ? 1e12 : 0) + Number(row.dataset.at);
      let before = null;
      for (const other of list.children) {
        if (other === old) continue;
        if (other.classList.contains("chat-none")) { other.remove(); break; }
        if (!other.dataset.at) { // the row that loads more: what comes behind it is not shown yet
          if (!old) return;
          before = other;
          break;
        }
        if (key(other) < key(part)) { before = other; break; }
      }
      if (old && old.nextElementSibling === before) old.replaceWith(part);
      else {
        if (old) old.remove();
        list.insertBefore(part, before);
      }
      if (focused) part.querySelector("a").focus({ preventScroll: true });
    },
    message(part) {
      const list = byId("message-list");
      if (!list) return;
      const old = byId(part.id);
      if (old) {
        const reactions = old.querySelector(".reactions");
        const fresh = part.querySelector(".reactions");
        if (reactions && fresh && !fresh.childElementCount) fresh.replaceWith(reactions); // events have none
        const media = old.querySelector("audio, video, img");
        const same = media && part.querySelector("audio, video, img");
        if (same && media.getAttribute("src") === same.getAttribute("src")) same.replaceWith(media); // it may be playing
        if (!(part.dataset.at > 0)) part.dataset.at = old.dataset.at;
        old.replaceWith(part);
        return;
      }
      if (part.classList.contains("gone")) return;
      const waiting = byId("pending-" + part.dataset.id.split("_")[2]);
      if (waiting) {
        waiting.replaceWith(part);
        if (byId("compose")) arrived(byId("compose"), part.dataset.id.split("_")[2]);
        return;
      }
      let before = null;
      const shown = [...list.querySelectorAll(".message")];
      for (let i = shown.length - 1; i >= 0 && Number(shown[i].dataset.at) > Number(part.dataset.at); i--) before = shown[i];
      if (before && before === shown[0]) return; // older than what is shown: it comes when one scrolls there
      const atEnd = isAtEnd();
      list.insertBefore(part, before);
      if (atEnd || part.classList.contains("mine")) toEnd();
      else byId("to-end").hidden = false;
    },
    reaction(part) {
      const target = byId(part.dataset.target + "-r");
      const old = byId(part.id);
      if (old) old.remove();
      if (target && part.textContent) target.append(part);
    },
  };

  function put(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html; // made by the server's templates, which escape
    for (const part of [...holder.content.children]) {
      const putter = putters[part.dataset.put];
      if (!putter) continue;
      putter(part);
      if (part.isConnected) prepare(part);
    }
    showDays();
  }

  function isAtEnd() {
    const box = messages();
    return !box || box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  }
  function toEnd() {
    const box = messages();
    if (!box) return;
    box.scrollTop = box.scrollHeight;
    byId("to-end").hidden = true;
  }

  // The stream. It is that of the chat that is open.
  let source = null;
  let path = "";
  let wait = 2000; // before the next attempt, in ms
  function stream() {
    const conversation = byId("conversation");
    const wanted = conversation && !document.hidden ? conversation.dataset.liveChats : "";
    if (wanted === path) return;
    if (source) source.close();
    source = null;
    path = wanted;
    if (!wanted) return;
    source = new EventSource(wanted);
    source.addEventListener("open", () => { wait = 2000; });
    source.addEventListener("put", (event) => put(event.data));
    // A browser connects anew by itself, unless a proxy has answered instead of a gateway.
    source.addEventListener("error", (event) => {
      if (event.target !== source || source.readyState !== EventSource.CLOSED) return;
      path = "";
      setTimeout(stream, wait);
      wait = Math.min(2 * wait, 60000);
    });
    source.addEventListener("ended", () => {
      source.close();
      notice("Your login has ended, so this page is not current any more. Log in in another tab and go on here.");
    });
  }

  // Requests that change something. Each form is sent once at a time.
  const headers = () => ({ ...JSON.parse(document.body.getAttribute("hx-headers") || "{}"), "HX-Request": "true" });
  const busy = new WeakSet();
  async function post(owner, action, body) {
    if (busy.has(owner)) return null;
    busy.add(owner);
    owner.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(action, { method: "POST", body, headers: headers(), credentials: "same-origin" });
      const html = await answer.text();
      if (answer.headers.get("HX-Retarget") === "#notice") byId("notice").innerHTML = html;
      else if (owner.isConnected) put(html); // else another chat is open now
      return answer;
    } catch {
      return null;
    } finally {
      busy.delete(owner);
      owner.removeAttribute("aria-busy");
    }
  }

  // Drafts: one for each chat, in this tab. What is being sent stays in it until the
  // session has it, with the ID of its message: sent again, it does not arrive twice.
  const draftKey = (form) => "chat draft " + location.pathname.split("/chats")[0] + " " + form.dataset.chat;
  function readDraft(form) {
    try {
      return JSON.parse(sessionStorage.getItem(draftKey(form))) || {};
    } catch {
      return {};
    }
  }
  function keepDraft(form, draft) {
    if (draft && (draft.text || Object.keys(draft.sending || {}).length)) sessionStorage.setItem(draftKey(form), JSON.stringify(draft));
    else sessionStorage.removeItem(draftKey(form));
  }
  function grow(area) {
    area.rows = 1;
    while (area.rows < 8 && area.scrollHeight > area.clientHeight + 2) area.rows++;
  }

  let editing = ""; // the message that is being edited
  function replyTo(message) {
    const mine = message.classList.contains("mine");
    const sender = message.querySelector(".sender");
    const name = mine ? "You" : sender ? sender.textContent : document.querySelector(".chat-title h2").textContent;
    const body = message.querySelector(".body");
    byId("compose-reply-to").textContent = name;
    byId("compose-reply-text").textContent = body ? body.textContent.slice(0, 120) : "Attachment";
    byId("compose-reply-id").value = message.dataset.id;
    byId("compose-reply").hidden = false;
    editing = "";
    byId("compose-text").focus();
  }
  function stopReply() {
    if (editing) byId("compose-text").value = "";
    editing = "";
    byId("compose-reply-id").value = "";
    byId("compose-reply").hidden = true;
  }
  function edit(message) {
    const area = byId("compose-text");
    replyTo(message);
    byId("compose-reply-id").value = "";
    byId("compose-reply-to").textContent = "Edit";
    editing = message.dataset.id;
    area.value = message.querySelector(".body") ? message.querySelector(".body").textContent : "";
    grow(area);
  }

  function problem(text) {
    const line = byId("compose-problem");
    line.textContent = text;
    line.hidden = !text;
  }

  // A message is shown at once, and sent after those before it. Its ID makes a second
  // try safe.
  const newID = () => "3EB0" + [...crypto.getRandomValues(new Uint8Array(9))].map((b) => b.toString(16).padStart(2, "0")).join("").toUpperCase();
  let queue = Promise.resolve();
  const underWay = new Set();
  function submit(form) {
    const area = byId("compose-text");
    const file = byId("compose-file").files[0];
    const text = area.value;
    if (!text.trim() && !file) return;
    problem("");
    if (editing) return saveEdit(form, text);
    const draft = readDraft(form);
    const id = draft.id && draft.text === text && !file ? draft.id : newID();
    const body = new FormData();
    body.append("id", id);
    body.append("reply_to", byId("compose-reply-id").value);
    body.append("text", text);
    if (file) body.append("file", file); // last: it is sent on as it arrives
    pending(id, text, file);
    area.value = "";
    grow(area);
    stopReply();
    byId("compose-file").value = "";
    showFile();
    keepDraft(form, { sending: { ...draft.sending, [id]: text } });
    const retry = () => {
      underWay.add(id);
      queue = queue.then(() => transmit(form, id, text, body, retry)).finally(() => underWay.delete(id));
    };
    retry();
    toEnd();
  }
  async function transmit(form, id, text, body, retry) {
    const bubble = byId("pending-" + id);
    if (bubble) bubble.classList.remove("failed");
    let failed = "There is no connection. Sent again, it does not arrive twice.";
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: headers(), credentials: "same-origin" });
      const html = await answer.text();
      if (answer.ok) {
        if (form.isConnected) put(html); // else another chat is open now
        const left = byId("pending-" + id);
        if (left) left.remove();
        arrived(form, id);
        return;
      }
      const holder = document.createElement("template");
      holder.innerHTML = html;
      failed = holder.content.textContent.trim().replace(/\s*×$/, "") || failed;
    } catch { /* there is no connection */ }
    fail(byId("pending-" + id), failed, form, id, text, retry);
  }
  // arrived forgets a message that the session has.
  function arrived(form, id) {
    const draft = readDraft(form);
    if (draft.sending) delete draft.sending[id];
    keepDraft(form, draft);
  }
  function pending(id, text, file) {
    const bubble = byId("message-pending").content.firstElementChild.cloneNode(true);
    bubble.id = "pending-" + id;
    bubble.querySelector(".body").textContent = file ? file.name + (text ? "\n" + text : "") : text;
    byId("message-list").append(bubble);
    return bubble;
  }
  function fail(bubble, why, form, id, text, retry) {
    if (!bubble) return;
    bubble.classList.add("failed");
    bubble.querySelector(".why").textContent = why;
    bubble.querySelector("[data-retry]").onclick = retry;
    bubble.querySelector("[data-back]").onclick = () => {
      bubble.remove();
      const area = byId("compose-text");
      area.value = area.value ? text + "\n" + area.value : text;
      keepDraft(form, { text: area.value, id });
      grow(area);
      area.focus();
    };
  }
  async function saveEdit(form, text) {
    const answer = await post(form, chatPath(form) + "/" + encodeURIComponent(editing) + "/do", new URLSearchParams({ what: "edit", text }));
    if (answer && answer.ok) stopReply();
  }
  const chatPath = (form) => form.action.replace(/\/send$/, "");

  function showFile() {
    const file = byId("compose-file").files[0];
    const line = byId("compose-file-name");
    line.hidden = !file;
    line.querySelector("bdi").textContent = file ? file.name + ", " + Math.max(1, Math.round(file.size / 1000)) + " kB" : "";
  }

  // The menu of a message.
  function closeMenu() {
    const menu = document.querySelector(".message > .menu");
    if (!menu) return;
    const button = menu.parentElement.querySelector(".more");
    button.setAttribute("aria-expanded", "false");
    if (menu.contains(document.activeElement)) button.focus({ preventScroll: true });
    menu.remove();
  }
  function openMenu(button) {
    const message = button.closest(".message");
    const open = button.getAttribute("aria-expanded") === "true";
    closeMenu();
    if (open) return;
    const menu = byId("message-menu").content.firstElementChild.cloneNode(true);
    if (!message.classList.contains("mine")) menu.querySelectorAll("[data-mine]").forEach((e) => e.remove());
    if (!message.querySelector(".body")) menu.querySelectorAll("[data-act=edit], [data-act=copy]").forEach((e) => e.remove());
    const box = messages().getBoundingClientRect();
    if (button.getBoundingClientRect().top > box.top + box.height / 2) menu.classList.add("up");
    button.setAttribute("aria-expanded", "true");
    button.after(menu);
    const first = menu.querySelector("button");
    if (first) first.focus({ preventScroll: true });
  }
  async function act(message, fields) {
    await post(message, byId("conversation").dataset.liveChats.replace(/\/live$/, "") + "/" + encodeURIComponent(message.dataset.id) + "/do", new URLSearchParams(fields));
  }

  document.addEventListener("click", async (event) => {
    const more = event.target.closest(".message .more");
    if (more) return openMenu(more);
    const inMenu = event.target.closest(".message > .menu button");
    if (inMenu) {
      const message = inMenu.closest(".message");
      const { act: what, emoji } = inMenu.dataset;
      closeMenu();
      if (emoji !== undefined) return act(message, { what: "react", emoji });
      if (what === "reply") return replyTo(message);
      if (what === "edit") return edit(message);
      if (what === "copy") return navigator.clipboard.writeText(message.querySelector(".body").textContent);
      if (what === "revoke" && !confirm("Delete this message for everybody in the chat?")) return;
      return act(message, { what });
    }
    closeMenu();
    if (event.target.closest("#compose-reply-stop")) stopReply();
    if (event.target.closest("#compose-file-stop")) { byId("compose-file").value = ""; showFile(); }
    if (event.target.closest("#to-end")) toEnd();
    const quote = event.target.closest("a.quote");
    if (quote) {
      event.preventDefault();
      const target = byId(quote.hash.slice(1));
      if (target) target.scrollIntoView({ block: "center" });
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id === "compose") {
      event.preventDefault();
      submit(form);
    } else if (form.hasAttribute("data-do")) {
      event.preventDefault();
      const fields = new URLSearchParams();
      if (event.submitter) fields.append(event.submitter.name, event.submitter.value);
      post(form, form.action, fields);
    }
  });

  // Enter sends, Shift and Enter begin a line. On a touch screen there is a button.
  let enterSends = false;
  document.addEventListener("beforeinput", (event) => {
    if (event.target.id !== "compose-text" || event.inputType !== "insertLineBreak" || !enterSends) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    enterSends = event.key === "Enter" && !event.shiftKey && !event.isComposing && !matchMedia("(pointer: coarse)").matches;
    if (event.key === "Escape") {
      if (document.querySelector(".message > .menu")) closeMenu();
      else if (byId("compose-reply") && !byId("compose-reply").hidden) stopReply();
    }
    const row = event.target.closest && event.target.closest(".chat-row");
    if (row && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
      const link = next && next.querySelector("a");
      if (link) { event.preventDefault(); link.focus(); }
    }
  });

  document.addEventListener("input", (event) => {
    if (event.target.id !== "compose-text") return;
    grow(event.target);
    const draft = readDraft(event.target.form);
    if (!editing) keepDraft(event.target.form, { ...draft, text: event.target.value });
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "compose-file") showFile();
  });
  document.addEventListener("error", (event) => {
    if (event.target.matches && event.target.matches("img[data-fallback]")) event.target.parentElement.classList.add("missing");
  }, true);
  // Pictures that load move the end of the messages: whoever was there stays there.
  const sizes = new ResizeObserver(() => { if (stuck) toEnd(); });
  let stuck = true;
  document.addEventListener("scroll", (event) => {
    if (event.target.id !== "messages") return;
    stuck = isAtEnd();
    if (stuck) byId("to-end").hidden = true;
  }, true);

  // A chat was opened.
  let shown = null;
  function opened() {
    const conversation = byId("conversation");
    if (conversation === shown) return;
    shown = conversation;
    editing = "";
    const box = messages();
    byId("chats").classList.toggle("chat-open", Boolean(box));
    document.querySelectorAll(".chat-row a[aria-current]").forEach((e) => e.removeAttribute("aria-current"));
    if (!box) return;
    for (const link of document.querySelectorAll(".chat-row a")) {
      if (decodeURIComponent(link.pathname.split("/").pop()) === box.dataset.chat) link.setAttribute("aria-current", "true");
    }
    document.querySelector("input[name=current]").value = box.dataset.chat;
    const area = byId("compose-text");
    if (area) {
      const draft = readDraft(area.form);
      const left = Object.entries(draft.sending || {}).filter(([id]) => !underWay.has(id)); // the page was left before the session had them
      if (left.length) {
        const texts = [...left.map(([, text]) => text), ...(draft.text ? [draft.text] : [])];
        keepDraft(area.form, { text: texts.join("\n"), id: texts.length === 1 ? left[0][0] : undefined });
      }
      area.value = readDraft(area.form).text || area.value;
      grow(area);
    }
    stuck = true;
    sizes.disconnect();
    sizes.observe(byId("message-list"));
    toEnd();
  }
  function settle(event) {
    const root = event ? event.target : document;
    showTimes(root);
    showDays();
    opened();
    stream();
  }

  // Older messages come above what is read, which must not move.
  let height = 0;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.classList && event.target.classList.contains("older")) height = messages().scrollHeight - messages().scrollTop;
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (height && messages()) {
      showDays();
      messages().scrollTop = messages().scrollHeight - height;
    }
    height = 0;
  });
  document.addEventListener("htmx:afterSettle", settle);
  document.addEventListener("visibilitychange", stream);
  addEventListener("pagehide", () => { if (source) source.close(); source = null; path = ""; });
  addEventListener("pageshow", stream);
  settle();
})();
