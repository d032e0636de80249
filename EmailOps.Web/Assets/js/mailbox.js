// Testing and finding without leaving the page, so that a typed password stays in its field. Without script the same buttons post the form.
export function watchMailbox() {
  const form = document.querySelector("[data-mailbox]");
  if (!form) return;
  const words = form.querySelector("[data-mailbox-words]");
  let busy = false, left = "";
  remember();
  addEventListener("pageshow", () => { busy = false; words.textContent = ""; });

  form.addEventListener("submit", event => {
    const button = event.submitter;
    if (busy) { event.preventDefault(); return; }
    if (button?.matches("[data-test], [data-find]")) {
      event.preventDefault();
      ask(button);
    } else {
      busy = true;
      left = "sent";
      words.textContent = button?.classList.contains("primary") ? "Testing; this takes up to half a minute…" : "Saving…";
    }
  });
  addEventListener("beforeunload", event => {
    if (left !== "sent" && left !== state()) event.preventDefault();
  });

  async function ask(button) {
    const finds = button.matches("[data-find]");
    busy = true;
    words.textContent = finds ? "Looking for the servers…" : "Testing; this takes up to half a minute…";
    try {
      const answer = await fetch(button.formAction, { method: "POST", body: new FormData(form), headers: { "X-Partial": "1" }, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-report]");
      if (!fresh) throw new Error(String(answer.status));
      fill(page);
      form.querySelector("[data-report]").replaceWith(document.adoptNode(fresh));
      if (fresh.querySelector(".note-bad, .note-warn, .step-bad")) {
        form.querySelector(".more").open = true;
        if (!finds) form.querySelector("[data-save]").hidden = false;
      }
      fresh.focus({ preventScroll: true });
      fresh.scrollIntoView({ block: "start" });
      words.textContent = "";
    } catch {
      words.textContent = "The console did not answer. Try again.";
    } finally {
      busy = false;
    }
  }

  // Servers that were found; what somebody typed comes back as it was.
  function fill(page) {
    for (const field of form.querySelectorAll("[data-server] :is(input, select), [name=SaveSent]")) {
      const found = field.name && field.type !== "password" && page.querySelector(`[data-mailbox] [name="${CSS.escape(field.name)}"]`);
      if (!found) continue;
      if (field.type === "checkbox") field.checked = found.checked;
      else field.value = found.value;
    }
  }

  function remember() { left = state(); }
  function state() { return new URLSearchParams(new FormData(form)).toString(); }
}
