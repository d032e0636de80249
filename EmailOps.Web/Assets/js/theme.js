// The same three steps as the form, without the round trip.
const next = { system: "dark", dark: "light", light: "system" };

export function watchTheme() {
  const form = document.querySelector("[data-theme-form]");
  if (!form) return;
  const button = form.querySelector("button");
  form.addEventListener("submit", event => {
    event.preventDefault();
    const now = button.value;
    if (now === "system") {
      document.documentElement.removeAttribute("data-theme");
      document.cookie = "theme=; path=/; max-age=0; samesite=lax";
    } else {
      document.documentElement.dataset.theme = now;
      document.cookie = `theme=${now}; path=/; max-age=31536000; samesite=lax`;
    }
    button.value = next[now];
    const words = `Theme: ${now}. Change to ${next[now]}.`;
    button.title = words;
    button.setAttribute("aria-label", words);
  });
}
