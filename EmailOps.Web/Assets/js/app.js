// Everything here makes a working page nicer; nothing here is needed. Each module looks for its own marks (data-...) and leaves
// pages without them alone.
import { watchTimes } from "./time.js";
import { watchTheme } from "./theme.js";
import { watchKeys } from "./keys.js";
import { watchFilters } from "./filters.js";
import { watchDraft } from "./draft.js";
import { watchUpload } from "./upload.js";
import { watchMailbox } from "./mailbox.js";
import { watchTicks } from "./labels.js";
import { watchLive } from "./live.js";

watchTimes();
watchTheme();
watchKeys();
watchFilters();
watchDraft();
watchUpload();
watchMailbox();
watchTicks();
watchLive();
// Style sheets and tests can tell a page that listens from one that does not yet.
document.documentElement.dataset.scripted = "";
