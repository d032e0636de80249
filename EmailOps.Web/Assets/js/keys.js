// Keyboard: the inbox like a mail program, the message page with one key per decision. Keys with Ctrl, Alt or Meta belong to the browser.
const order = "emailops-order";

const inField = target => target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));

function rows() {
  return [...document.querySelectorAll("[data-rows] .row, [data-rows] > .reply")];
}

/** Where the inbox was, so that j and k go on from the message page. */
function remember() {
  const list = rows();
  if (list.length === 0) return;
  if (!document.querySelector("[data-search]")) return;
  sessionStorage.setItem(order, JSON.stringify({ ids: list.map(row => row.dataset.id), back: location.pathname + location.search }));
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(order)) ?? { ids: [], back: "/" };
  } catch {
    return { ids: [], back: "/" };
  }
}

function moveInList(step) {
  const list = rows();
  const at = list.findIndex(row => row.contains(document.activeElement));
  const row = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1)];
  row?.querySelector("a")?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

function moveToMessage(id, step) {
  const { ids } = remembered();
  const next = ids[ids.indexOf(id) + step];
  if (ids.includes(id) && next) location.assign(`/messages/${encodeURIComponent(next)}`);
}

function press(mark) {
  const element = document.querySelector(`[data-key="${mark}"]`);
  if (!element) return false;
  if (element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement || element instanceof HTMLSelectElement) element.focus();
  else element.click();
  return true;
}

/** Of the row that is looked at, or of the page where there is one only. */
function pressHere(mark) {
  const row = rows().find(each => each.contains(document.activeElement));
  const element = (row ?? document).querySelector(`[data-key="${mark}"]`);
  if (!element || (!row && document.querySelectorAll(`[data-key="${mark}"]`).length > 1)) return false;
  element.click();
  element.closest("details[open]")?.querySelector("input:not([type=hidden])")?.focus();
  return true;
}

/** Ticks the row that is looked at. */
function tick() {
  const box = rows().find(row => row.contains(document.activeElement))?.querySelector("[data-tick]");
  box?.click();
  return Boolean(box);
}

function focusLabels() {
  const choice = document.querySelector("[data-bulk] select");
  choice?.focus();
  return Boolean(choice);
}

export function watchKeys() {
  const help = document.getElementById("key-help");
  for (const button of document.querySelectorAll("[data-help]")) {
    button.hidden = false;
    button.addEventListener("click", () => help?.showModal());
  }
  const message = document.querySelector("[data-message]")?.dataset.message;
  for (const link of document.querySelectorAll("[data-back]")) link.href = remembered().back;
  remember();
  document.addEventListener("emailops:refreshed", remember);

  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === "Escape" && inField(event.target)) {
      event.target.blur();
      return;
    }
    if (inField(event.target) || help?.open) return;
    let used = true;
    switch (event.key) {
      case "j": message ? moveToMessage(message, 1) : moveInList(1); break;
      case "k": message ? moveToMessage(message, -1) : moveInList(-1); break;
      case "u": if (message) location.assign(remembered().back); else used = false; break;
      case "a": used = press("approve"); break;
      case "e": used = press("edit"); break;
      case "r": {
        used = press("reject");
        document.querySelector(".reject[open] input")?.focus();
        break;
      }
      case "l": used = message ? press("label") : focusLabels(); break;
      case "x": used = !message && tick(); break;
      case "c": used = pressHere("claim"); break;
      case "s": used = pressHere("settle"); break;
      case "/": {
        const search = document.querySelector("[data-search]");
        if (search) search.focus(); else location.assign("/");
        break;
      }
      case "?": help?.showModal(); break;
      default: used = false;
    }
    if (used) event.preventDefault();
  });
}
