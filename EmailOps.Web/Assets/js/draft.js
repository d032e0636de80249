// Words typed into a draft are not lost to a refresh (see live.js) nor to a closed tab.
export function watchDraft() {
  let sending = false;
  document.addEventListener("input", event => {
    const form = event.target.closest?.("[data-draft]");
    if (form) form.dataset.dirty = "";
  });
  document.addEventListener("submit", event => {
    if (!event.target.matches("[data-draft]")) return;
    if (sending) { event.preventDefault(); return; } // a second click decides nothing twice
    sending = true;
  });
  addEventListener("pageshow", () => { sending = false; });
  addEventListener("beforeunload", event => {
    if (!sending && document.querySelector("[data-draft][data-dirty]")) event.preventDefault();
  });
}
