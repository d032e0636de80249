// Choosing is applying; the button is for those without script.
export function watchFilters() {
  for (const form of document.querySelectorAll("[data-filters]")) {
    form.querySelector("[data-apply]")?.setAttribute("hidden", "");
    form.addEventListener("change", event => {
      if (event.target instanceof HTMLSelectElement) form.requestSubmit();
    });
    form.addEventListener("submit", () => {
      // Keeps the address short: what is not chosen is not said.
      for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
      setTimeout(() => { for (const field of form.elements) field.disabled = false; }, 0);
    });
  }
  for (const field of document.querySelectorAll("[data-select-all]")) field.addEventListener("focus", () => field.select());
}
