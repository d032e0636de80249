// The same form, with a bar that moves, and files that may be dropped on it.
const size = bytes => bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

export function watchUpload() {
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const progress = form.querySelector("progress");
  const words = form.querySelector("[data-upload-words]");
  const button = form.querySelector("button");

  for (const kind of ["dragenter", "dragover"]) form.addEventListener(kind, event => { event.preventDefault(); form.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("over"));
  form.addEventListener("drop", event => {
    event.preventDefault();
    if (event.dataTransfer?.files.length) { input.files = event.dataTransfer.files; chosen(); }
  });
  input.addEventListener("change", chosen);

  function chosen() {
    const total = [...input.files].reduce((sum, file) => sum + file.size, 0);
    words.textContent = input.files.length ? `${input.files.length} ${input.files.length === 1 ? "file" : "files"}, ${size(total)}` : "";
  }

  form.addEventListener("submit", event => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    // The answer is a redirect, which the request follows by itself: without this it would take away the note meant for the page.
    request.setRequestHeader("X-Partial", "1");
    request.upload.addEventListener("progress", sent => {
      progress.hidden = false;
      progress.max = sent.total;
      progress.value = sent.loaded;
      words.textContent = sent.loaded < sent.total ? `${size(sent.loaded)} of ${size(sent.total)} sent` : "Sent. Reading the mail…";
    });
    // Whatever the answer is, its page says it: after a redirect that is the import page with its note.
    request.addEventListener("load", () => {
      if (request.status < 400) { location.assign(request.responseURL || "/import"); return; }
      done(`That did not work (${request.status}). ${request.status === 413 ? "It was too large: send fewer files at once." : "Reload the page and try again."}`);
    });
    request.addEventListener("error", () => done("The connection broke. What was received is kept; try again."));
    request.send(new FormData(form));
    button.disabled = true;
  });

  function done(text) {
    progress.hidden = true;
    button.disabled = false;
    words.textContent = text;
  }
}
