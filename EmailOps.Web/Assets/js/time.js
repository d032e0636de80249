// Ages are rendered by the server; here they stay current, and their titles say the moment in the viewer's own time zone.
const minute = 60_000, hour = 60 * minute, day = 24 * hour;
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const dayOnly = new Intl.DateTimeFormat("en", { day: "numeric", month: "short" });
const dayAndYear = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });

function words(at, now) {
  const age = now - at;
  if (age < minute) return "now";
  if (age < hour) return `${Math.floor(age / minute)} min`;
  if (age < day) return `${Math.floor(age / hour)} h`;
  if (age < 7 * day) return `${Math.floor(age / day)} d`;
  return (at.getFullYear() === now.getFullYear() ? dayOnly : dayAndYear).format(at);
}

// "in 1:40", second by second; what happens at the end comes as an event.
function countDown(root = document) {
  const now = Date.now();
  for (const element of root.querySelectorAll("time.countdown")) {
    const left = Math.ceil((new Date(element.dateTime).getTime() - now) / 1000);
    if (Number.isNaN(left)) continue;
    element.textContent = left <= 0 ? "now" : left < hour / 1000 ? `in ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : `in ${Math.floor(left / 3600)} h ${Math.floor(left % 3600 / 60)} min`;
  }
}

export function refreshTimes(root = document) {
  const now = new Date();
  countDown(root);
  for (const element of root.querySelectorAll("time.age")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const full = element.textContent === element.title || element.dataset.full;
    element.title = exact.format(at);
    if (full) {
      element.dataset.full = "true";
      element.textContent = element.title;
    } else {
      element.textContent = words(at, now);
    }
  }
}

export function watchTimes() {
  refreshTimes();
  setInterval(refreshTimes, 30_000, document);
  setInterval(countDown, 1000);
}
