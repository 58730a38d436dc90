// One component: what it serves, why, what would change it, what has happened, and what can be done.
import { pathOf, read, readIfThere } from "./api.js";
import { askToChange, askToOverride } from "./dialog.js";
import { h, setText, show } from "./dom.js";
import { clock, duration } from "./format.js";
import { drawLatency } from "./latency.js";
import { showPollers } from "./pollers.js";
import { badge, kindOf, marksOf } from "./state.js";
import { note, table } from "./table.js";
import { drawTimeline, segmentsOf } from "./timeline.js";
import { tick, treeOf } from "./tree.js";

const restMoment = 500;
const longestAge = 5_000;
const historyAge = 60_000;
const day = 86_400;
const mostRead = 1_000;
const most = 50;

export class ComponentView {
  #model;
  #document = null;
  #readAt = 0;
  #askedAt = 0;
  #historyAt = -Infinity;
  #isHistoryDue = true;
  #isReadingHistory = false;
  #probesOk = null;
  #freshState;
  #shown = new Map();
  #timer = null;
  #isClosed = false;

  constructor(model, name) {
    this.#model = model;
    this.name = name;
    this.title = h("h2", { tabindex: -1 }, name);
    this.summary = h("div", { class: "summary" });
    this.sentences = h("div", { class: "sentences" });
    this.buttons = this.#makeButtons();
    this.problem = h("p", { class: "refusal", role: "alert" });
    this.tree = section("What it rests on");
    this.timeline = section("The last day");
    this.latency = section("Latency");
    this.transitions = section("Transitions");
    this.audit = section("What people did");
    this.pollers = section("Who polls it");
    this.task = h("code", { class: "task" });
    this.element = h(
      "article",
      { class: "component-view", "aria-label": `Component ${name}` },
      h("p", {}, h("a", { href: "#/", class: "back" }, "← All components")),
      this.title,
      this.summary,
      this.sentences,
      this.problem,
      h("div", { class: "buttons actions" }, Object.values(this.buttons)),
      h(
        "div",
        { class: "columns" },
        [[this.tree, this.transitions, this.audit], [this.timeline, this.latency, this.pollers]].map((column) => h("div", {}, column.map((one) => one.element))),
      ),
      h("details", {}, h("summary", {}, "The whole task"), this.task),
    );
    this.refresh();
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** The status has been read: what can be done now is said there. */
  changed() {
    const fresh = this.#model.components.get(this.name)?.fresh_state;
    if (fresh !== this.#freshState) {
      // Below a latch no event tells of it, and since when the check is ok is among its probes.
      this.#freshState = fresh;
      this.#isHistoryDue = true;
    }
    if (this.#document) {
      this.#updateButtons();
    }
  }

  /** Something has happened that may concern it. */
  happened(event) {
    if (event.data.component === this.name) {
      this.#isHistoryDue = true;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.refresh();
    }, restMoment);
  }

  /** A second has passed. */
  tick() {
    tick(this.tree.body);
    this.#updateTimes();
    if (!document.hidden && performance.now() - this.#askedAt > longestAge) {
      this.refresh();
    }
  }

  async refresh() {
    this.#askedAt = performance.now();
    try {
      const found = await read(pathOf("components", this.name));
      this.#document = found;
      this.#readAt = performance.now();
      setText(this.problem, "");
      if (!this.#isClosed) {
        this.#update();
      }
      await Promise.all([this.#readHistoryWhereDue(), this.#readPollers()]);
    } catch (problem) {
      if (problem.status !== 401) {
        setText(this.problem, problem.status === 404 ? "There is no component of this name (any longer)." : problem.message);
      }
    }
  }

  #makeButtons() {
    const button = (text, onclick) => h("button", { type: "button", hidden: true, onclick }, text);
    return {
      reset: button("Reset…", () => this.#change("Reset", "The POST of a user who may reset it.", "POST", "fire")),
      override: button("Override…", () => this.#override()),
      clear: button("Clear the override…", () => this.#change("Clear the override of", "What is judged is served again.", "DELETE", "overrides")),
      forget: button("Forget the latch…", () => this.#change("Forget the latch of", "No reset can end it any longer.", "DELETE", "latches")),
    };
  }

  async #change(verb, text, method, document) {
    const url = pathOf(document, this.name);
    const { etag } = this.#document;
    await askToChange({ title: `${verb} ${this.name}`, text, button: verb.split(" ")[0], method, url, etag });
    this.#afterChange();
  }

  async #override() {
    const { etag, latch } = this.#document;
    await askToOverride({ name: this.name, url: pathOf("overrides", this.name), etag, isLatched: latch !== null });
    this.#afterChange();
  }

  #afterChange() {
    this.#isHistoryDue = true;
    this.refresh();
    this.#model.refreshSoon(0);
  }

  #update() {
    const one = this.#document;
    const listed = this.#model.components.get(this.name);
    const marks = { ...one, is_latched: one.latch !== null, can_reset: listed?.can_reset, is_guarded: listed?.is_guarded };
    this.#showWhere("summary", [one.state, one.has_warning, one.reason, one.latch, marks.can_reset, marks.is_guarded, one.error, one.override?.kind, one.maintenance?.name], () =>
      show(this.summary, badge(kindOf(one)), h("span", { class: "for" }), marksOf(marks), one.reason && h("p", { class: "reason" }, one.reason)),
    );
    this.#updateTimes();
    this.#updateButtons();
    setText(this.task, one.description);
    // Drawn anew each time: its figures are of this moment.
    show(this.tree.body, treeOf(one.tree, this.#readAt));
  }

  #updateButtons() {
    const one = this.#document;
    const listed = this.#model.components.get(this.name);
    this.buttons.reset.hidden = one.on_post === null;
    this.buttons.reset.disabled = listed ? !listed.can_reset : one.latch === null;
    this.buttons.reset.title = this.buttons.reset.disabled ? "There is nothing to reset now" : "";
    this.buttons.override.hidden = false;
    this.buttons.clear.hidden = one.override === null;
    this.buttons.forget.hidden = !listed?.latch_problem;
  }

  #updateTimes() {
    const one = this.#document;
    if (!one) {
      return;
    }
    const { secondsSince } = this.#model;
    const since = (time) => duration(secondsSince.call(this.#model, time));
    const shown = this.summary.querySelector(".for");
    if (shown && one.since) {
      setText(shown, `for ${since(one.since)}, since ${clock(one.since)}`);
    }
    const lines = [];
    if (one.override) {
      const { override, beneath } = one;
      lines.push(`Override ${override.kind} by ${override.user} from ${override.source}: “${override.reason}”. It expires in ${duration(-secondsSince.call(this.#model, override.until))}, at ${clock(override.until)}.`);
      if (beneath) {
        lines.push(`Without it: ${beneath.state.toUpperCase()}${beneath.reason ? ` (${beneath.reason})` : ""}.`);
      }
    }
    if (one.maintenance) {
      const { name, state, reason, until, beneath } = one.maintenance;
      const without = beneath ? ` Without it: ${beneath.state.toUpperCase()}${beneath.reason ? ` (${beneath.reason})` : ""}.` : "";
      lines.push(`Maintenance ${name}${reason ? ` (${reason})` : ""}, ${state}, until ${clock(until)}.${without}`);
    }
    if (one.error) {
      lines.push(`Its state is not known (${one.error}): ${one.on_error ?? "served as it is"}.`);
    }
    const listed = this.#model.components.get(this.name);
    if (one.latch) {
      lines.push(listed?.fresh_state === "ok" && listed.can_reset ? `Check ok again${this.#probesOk ? ` since ${since(this.#probesOk)}` : ""}: can be reset.` : `Latched: ${one.latch}.`);
    }
    if (listed?.post_problem) {
      lines.push(`It cannot be reset at present: ${listed.post_problem}.`);
    }
    if (listed?.next_probe && secondsSince.call(this.#model, listed.next_probe) < 0) {
      lines.push(`Next probe in ${duration(Math.ceil(-secondsSince.call(this.#model, listed.next_probe)))}.`);
    }
    while (this.sentences.children.length > lines.length) {
      this.sentences.lastChild.remove();
    }
    lines.forEach((line, index) => {
      const element = this.sentences.children[index] ?? this.sentences.appendChild(h("p", {}));
      setText(element, line);
    });
  }

  async #readPollers() {
    const found = await readIfThere("pollers", this.name, "").catch((problem) => problem);
    if (!this.#isClosed) {
      if (found?.pollers) {
        showPollers(this.pollers.body, found.pollers, (time) => this.#model.secondsSince(time));
      } else {
        show(this.pollers.body, note(found?.message ?? "This daemon does not record pollers."));
      }
    }
  }

  // What fails is due again before long; what an event has made old while it was read is due at once.
  async #readHistoryWhereDue() {
    const now = performance.now();
    if (this.#isReadingHistory || !(this.#isHistoryDue || now - this.#historyAt > historyAge)) {
      return;
    }
    this.#isReadingHistory = true;
    this.#isHistoryDue = false;
    try {
      this.#historyAt = (await this.#readHistory()) ? now : now - historyAge + longestAge;
    } finally {
      this.#isReadingHistory = false;
    }
  }

  /** Whether all of it could be read. */
  async #readHistory() {
    const name = encodeURIComponent(this.name);
    const failed = (problem) => problem;
    const [history, latency, probes] = await Promise.all([
      // What is older than a day tells what there was at its beginning.
      read(`history?component=${name}&limit=${mostRead}`).catch(failed),
      readIfThere("latency", this.name, `?by=minute&within_seconds=${day}&limit=1500`).catch(failed),
      readIfThere("probes", this.name, "?limit=128").catch(failed),
    ]);
    if (this.#isClosed) {
      return true;
    }
    this.#probesOk = startOfOk(probes?.probes ?? []);
    const now = this.#model.now();
    if (history instanceof Error) {
      [this.timeline, this.transitions, this.audit].forEach((one) => show(one.body, note(history.message)));
    } else {
      const segments = segmentsOf({ component: this.#document, startedAt: this.#model.status.started_at, transitions: history.transitions, rollUps: latency?.roll_ups, now });
      drawTimeline(this.timeline.body, segments, now);
      show(this.transitions.body, transitionsOf(history.transitions));
      show(this.audit.body, auditOf(history.posts));
    }
    if (latency?.roll_ups) {
      drawLatency(this.latency.body, latency.roll_ups, now);
    } else {
      show(this.latency.body, note(latency?.message ?? "This daemon does not record latencies."));
    }
    return [history, latency, probes].every((one) => !(one instanceof Error));
  }

  #showWhere(key, value, draw) {
    const signature = JSON.stringify(value);
    if (this.#shown.get(key) !== signature) {
      this.#shown.set(key, signature);
      draw();
    }
  }
}

function section(title) {
  const body = h("div", {}, note("…"));
  return { body, element: h("section", { "aria-label": title }, h("h3", {}, title), body) };
}

// The first of the probes up to now that were all ok.
function startOfOk(probes) {
  const end = probes.findIndex((one) => one.state !== "ok");
  return (end < 0 ? probes : probes.slice(0, end)).at(-1)?.at ?? null;
}

function transitionsOf(transitions) {
  return transitions.length === 0
    ? note("None.")
    : table(
        "Table of transitions",
        ["At", "State", "Reason"],
        transitions.slice(0, most).map((one) => [clock(one.at), badge(one.to), one.first_contrary ? `${one.reason} (first at ${clock(one.first_contrary.at)})` : one.reason]),
      );
}

function auditOf(posts) {
  return posts.length === 0 ? note("Nothing.") : table("Table of what people did", ["At", "Who", "From", "Outcome"], posts.slice(0, most).map((one) => [clock(one.at), one.user ?? "–", one.source, one.outcome]));
}
