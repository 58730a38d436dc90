// The page: which view there is, log-in, events, and what a screen reader is told.
import { Problem, dropToken, logOut, token } from "./api.js";
import { Banners } from "./banners.js";
import { ComponentView } from "./component.js";
import { askForLogin } from "./dialog.js";
import { h, setText, show } from "./dom.js";
import { follow } from "./events.js";
import { ListView } from "./list.js";
import { Model } from "./model.js";
import { countsOf, kinds } from "./rows.js";
import { shape } from "./state.js";

const [main, totals, link, announcer, logout] = ["main", "totals", "link", "announcer", "logout"].map((id) => document.getElementById(id));
const model = new Model();
const banners = new Banners(document.getElementById("banners"), model);
const list = new ListView(model);
let view = null;
let loggingIn = null;

/** Asks for a log-in once, however many requests were refused. */
function whenLoggedIn() {
  dropToken();
  loggingIn ??= askForLogin().finally(() => (loggingIn = null));
  return loggingIn.then(() => (logout.hidden = false));
}

function route() {
  const [, name] = /^#\/c\/(.+)$/.exec(location.hash) ?? [];
  const wanted = name === undefined ? null : decode(name);
  if ((view?.name ?? null) === wanted && main.hasChildNodes()) {
    return;
  }
  const isFirst = !main.hasChildNodes();
  view?.close();
  view = wanted === null ? null : new ComponentView(model, wanted);
  document.title = wanted === null ? "Failover" : `${wanted} – Failover`;
  show(main, (view ?? list).element);
  if (view === null) {
    list.update();
  }
  if (!isFirst) {
    (view?.title ?? main).focus();
  }
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function updateTotals() {
  const counts = countsOf(model.components.values());
  const wanted = kinds.map((kind) => `${counts[kind]} ${kind}`).join(", ");
  if (totals.dataset.shown !== wanted) {
    totals.dataset.shown = wanted;
    show(totals, kinds.map((kind) => h("span", { class: `total ${kind}` }, shape(kind), ` ${counts[kind]} ${kind}`)));
  }
}

// A screen reader hears what changes; of many at once, how many.
let heard = [];
function announce(text) {
  heard.push(text);
  if (heard.length === 1) {
    setTimeout(() => {
      setText(announcer, heard.length > 3 ? `${heard.length} changes; the last: ${heard.at(-1)}` : heard.join(". "));
      heard = [];
    }, 500);
  }
}

const words = {
  transition: (data) => `${data.component} is ${data.to}${data.reason ? `: ${data.reason}` : ""}`,
  override: (data) => `${data.component}: override ${data.kind} ${data.step.replaceAll("_", " ")}`,
  guard: (data) => `Guard ${data.guard} ${data.step}`,
  maintenance: (data) => `Maintenance ${data.maintenance} ${data.step.replaceAll("_", " ")}${data.component ? `: ${data.component}` : ""}`,
};

model.addEventListener("change", () => {
  updateTotals();
  updateLink();
  if (view === null) {
    list.update();
  } else {
    view.changed();
  }
});
model.addEventListener("happened", ({ detail }) => {
  if (words[detail.name]) {
    announce(words[detail.name](detail.data));
  }
  view?.happened(detail);
});
model.addEventListener("problem", ({ detail }) => {
  updateLink();
  if (detail.status === 401) {
    whenLoggedIn().then(() => model.refreshSoon(0));
  }
});

// Whether there is a stream of events, and why not; unknown before the first attempt.
let stream = { isOpen: null, problem: null };

// Without the stream the status is still read every ten seconds: what is shown is stale only where that fails.
function updateLink() {
  const { isStale } = model;
  const [text, look] = isStale ? ["stale", "lost"] : stream.isOpen ? ["live", "live"] : stream.isOpen === false ? ["no live events", "polled"] : ["", ""];
  setText(link, text);
  link.className = `link ${look}`;
  link.title = look === "polled" ? `Read every 10 s${stream.problem ? `: ${stream.problem.message}` : ""}` : "";
  document.body.classList.toggle("stale", isStale);
  banners.update();
}

setInterval(() => {
  (view ?? list).tick();
  updateLink();
}, 1000);
window.addEventListener("hashchange", route);
document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const isTyping = event.target.matches("input, select, textarea");
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    location.hash = "#/";
    route();
    list.search.focus();
  } else if (event.key === "Escape" && event.target === list.search) {
    list.search.value = "";
    list.search.dispatchEvent(new Event("input"));
    list.search.blur();
  } else if (event.key === "Escape" && view !== null) {
    location.hash = "#/";
  }
});
logout.addEventListener("click", async () => {
  logout.disabled = true;
  await logOut();
  location.reload();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

async function start() {
  logout.hidden = token() === null;
  for (;;) {
    try {
      await model.refresh();
      break;
    } catch (problem) {
      if (problem.status === 401) {
        await whenLoggedIn();
      } else {
        updateLink();
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    }
  }
  route();
  model.keepFresh();
  // What happened while nobody followed is in the status alone.
  follow({
    onEvent: (name, data) => model.take(name, data),
    onLink: (isOpen, problem) => {
      stream = { isOpen, problem: problem instanceof Problem ? problem : null };
      updateLink();
      model.refreshSoon(0);
    },
    onRefused: whenLoggedIn,
  });
}

start();
