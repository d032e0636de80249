// Reads the parts marked data-live again when the server says that something changed. Connected only while the page is looked at:
// a browser has six connections to a host, and each open stream takes one.
import { refreshTimes } from "./time.js";

const pause = 1500;
let source = null, timer = 0, busy = false, again = false, retry = 1000, dirty = false;

const watched = () => document.querySelectorAll("[data-live]");

function concerns(kind, id) {
  const message = document.querySelector("[data-message]")?.dataset.message;
  if (!message) return true;
  return kind !== "message" || String(id) === message;
}

async function refresh() {
  timer = 0;
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await fetch(location.href, { headers: { "X-Partial": "1" }, credentials: "same-origin" });
    if (answer.status === 401) { location.reload(); return; }
    if (!answer.ok) return;
    exchange(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // Away for a moment: the stream comes back, and with it the next refresh.
  } finally {
    busy = false;
    if (again) { again = false; schedule(); }
  }
}

// What differs although nothing changed: form tokens, ages, and what the viewer folded open.
function words(element) {
  const copy = element.cloneNode(true);
  for (const token of copy.querySelectorAll("input[name=__RequestVerificationToken]")) token.remove();
  for (const fold of copy.querySelectorAll("details")) fold.removeAttribute("open");
  for (const left of copy.querySelectorAll("time.countdown")) left.replaceChildren();
  for (const age of copy.querySelectorAll("time.age")) { age.replaceChildren(); age.removeAttribute("title"); age.removeAttribute("data-full"); }
  return copy.outerHTML;
}

function exchange(fresh) {
  for (const old of watched()) {
    const now = fresh.querySelector(`[data-live="${CSS.escape(old.dataset.live)}"]`);
    // What somebody types in is never replaced under their hands.
    if (!now || old.querySelector("[data-dirty]") || words(old) === words(now)) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const row = focused?.closest("[data-id]")?.dataset.id;
    if (focused && !row) continue;
    old.replaceWith(document.adoptNode(now));
    refreshTimes(now);
    if (row) now.querySelector(`[data-id="${CSS.escape(row)}"] a`)?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new CustomEvent("emailops:refreshed"));
}

function schedule() {
  if (document.hidden) { dirty = true; return; }
  timer ||= setTimeout(refresh, pause);
}

function changed(event) {
  let id = null;
  try { id = JSON.parse(event.data)?.id ?? null; } catch { /* an event without data still says that something changed */ }
  if (concerns(event.type, id)) schedule();
}

function connect() {
  if (source || document.hidden) return;
  source = new EventSource("/live");
  source.addEventListener("ready", () => {
    // What a page waits for may have come between its making and this connection.
    if (retry > 1000 || document.querySelector("[data-waits]")) schedule();
    retry = 1000;
  });
  for (const kind of ["message", "draft", "outbound", "import", "brake", "mailbox", "model", "assessment", "alert"]) source.addEventListener(kind, changed);
  source.addEventListener("error", () => {
    source?.close();
    source = null;
    retry = Math.min(retry * 2, 30_000);
    setTimeout(connect, retry);
  });
}

export function watchLive() {
  if (watched().length === 0) return;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
      source = null;
      dirty = true;
    } else {
      connect();
      if (dirty) { dirty = false; schedule(); }
    }
  });
  addEventListener("pagehide", () => { source?.close(); source = null; });
  connect();
}
