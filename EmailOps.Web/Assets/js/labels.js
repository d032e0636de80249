// Messages that are ticked keep their ticks: a list with one is not replaced by a refresh (see live.js), and says how many there are.
export function watchTicks() {
  const ticked = () => document.querySelectorAll("[data-tick]:checked").length;
  const say = () => {
    const count = ticked();
    for (const box of document.querySelectorAll("[data-tick]")) box.toggleAttribute("data-dirty", box.checked);
    for (const place of document.querySelectorAll("[data-bulk-count]")) place.textContent = count === 0 ? "Tick messages to label them" : `${count} ticked`;
  };
  document.addEventListener("change", event => { if (event.target.matches?.("[data-tick]")) say(); });
  // A page that a browser brings back has its ticks, too.
  addEventListener("pageshow", say);
}
