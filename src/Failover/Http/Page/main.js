// The page: which view there is, log-in, events, and what a screen reader is told.
import { logOut, token } from "./api.js";
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
  logOut();
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
};

model.addEventListener("change", () => {
  updateTotals();
  banners.update();
  if (view === null) {
    list.update();
  }
});
model.addEventListener("happened", ({ detail }) => {
  if (words[detail.name]) {
    announce(words[detail.name](detail.data));
  }
  view?.happened(detail);
});
model.addEventListener("problem", ({ detail }) => detail.status === 401 && whenLoggedIn().then(() => model.refreshSoon(0)));

function setLink(isThere) {
  setText(link, isThere ? "live" : "no link");
  link.className = `link ${isThere ? "live" : "lost"}`;
  document.body.classList.toggle("stale", !isThere);
  banners.lostSince = isThere ? null : (banners.lostSince ?? model.readAt ?? Date.now());
  banners.update();
}

setInterval(() => {
  (view ?? list).tick();
  banners.update();
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
logout.addEventListener("click", () => {
  logOut();
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
        setLink(false);
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    }
  }
  route();
  model.keepFresh();
  // What happened while nobody followed is in the status alone.
  follow({
    onEvent: (name, data) => model.take(name, data),
    onLink: (isThere) => {
      setLink(isThere);
      if (isThere) {
        model.refreshSoon(0);
      }
    },
    onRefused: whenLoggedIn,
  });
}

start();
