// All components: search, filter, groups, and the rows.
import { pathOf, read } from "./api.js";
import { h, setText, show } from "./dom.js";
import { clock, duration, forecast } from "./format.js";
import { routes } from "./notifications.js";
import { refusedRequests } from "./pollers.js";
import { countsOf, groupOf, kinds, rowsOf } from "./rows.js";
import { badge, kindOf, marksOf, shape } from "./state.js";
import { streakOf } from "./tree.js";
import { VirtualRows } from "./virtual.js";

const columns = ["State", "Component", "Since", "Reason", "Streak"];
const mostStreaks = 8;
const streakAge = 3_000;

export class ListView {
  #model;
  #wanted = { search: "", hidden: new Set(), closed: new Set(), isGrouped: true };
  #streaks = new Map();
  #rows = new VirtualRows(
    (row) => makeRow(row, this.#toggle),
    (element, row) => this.#updateRow(element, row),
  );

  constructor(model) {
    this.#model = model;
    this.search = h("input", {
      type: "search",
      id: "search",
      placeholder: "Search ( / )",
      "aria-label": "Search components by name, reason or task",
      oninput: () => this.#want({ search: this.search.value.trim().toLowerCase() }),
    });
    this.filters = h("div", { class: "filters", role: "group", "aria-label": "States that are shown" });
    this.grouping = h("button", { type: "button", class: "toggle", "aria-pressed": "true", onclick: () => this.#group() }, "Groups");
    this.empty = h("p", { class: "empty", hidden: true });
    this.folds = [routes(), refusedRequests(model)];
    this.table = h(
      "div",
      { class: "table", role: "table", "aria-label": "Components, worst first", "aria-colcount": columns.length },
      h(
        "div",
        { class: "head", role: "rowgroup" },
        h("div", { class: "row", role: "row", "aria-rowindex": 1 }, columns.map((name) => h("span", { role: "columnheader" }, name))),
      ),
      this.#rows.element,
    );
    this.element = h(
      "section",
      { class: "list", "aria-label": "Components" },
      h("div", { class: "tools" }, this.search, this.filters, this.grouping),
      this.table,
      this.empty,
      this.folds.map((fold) => fold.element),
    );
    this.table.addEventListener("keydown", (event) => this.#onKey(event));
  }

  update() {
    const components = [...this.#model.components.values()];
    this.#updateFilters(countsOf(components));
    this.grouping.hidden = !components.some((component) => groupOf(component.name));
    const rows = rowsOf(components, this.#wanted);
    this.table.setAttribute("aria-rowcount", rows.length + 1);
    this.#rows.rows = rows;
    this.empty.hidden = rows.length > 0 || this.#model.status === null;
    setText(this.empty, components.length > 0 ? "No component fits the search and the filter." : "No components are configured.");
    this.#readStreaks();
  }

  /** A second has passed. */
  tick() {
    this.#rows.shown.forEach(({ element, row }) => row.component && this.#updateTimes(element, row.component));
    this.#readStreaks();
    this.folds.forEach((fold) => fold.tick());
  }

  #want(wanted) {
    Object.assign(this.#wanted, wanted);
    this.update();
  }

  #group() {
    this.grouping.setAttribute("aria-pressed", String(!this.#wanted.isGrouped));
    this.#want({ isGrouped: !this.#wanted.isGrouped });
  }

  #toggle = (group) => {
    const { closed } = this.#wanted;
    if (!closed.delete(group)) {
      closed.add(group);
    }
    this.update();
  };

  #updateFilters(counts) {
    if (!this.filters.hasChildNodes()) {
      show(
        this.filters,
        kinds.map((kind) =>
          h("button", { type: "button", class: `toggle ${kind}`, "aria-pressed": "true", onclick: (event) => this.#filter(kind, event) }, shape(kind), " ", h("span", { class: "count" }), ` ${kind}`),
        ),
      );
    }
    kinds.forEach((kind, index) => setText(this.filters.children[index].querySelector(".count"), String(counts[kind])));
  }

  #filter(kind, event) {
    const { hidden } = this.#wanted;
    if (!hidden.delete(kind)) {
      hidden.add(kind);
    }
    event.currentTarget.setAttribute("aria-pressed", String(!hidden.has(kind)));
    this.update();
  }

  #onKey(event) {
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 }[event.key];
    if (by && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.#rows.moveFocus(by);
    }
  }

  #updateRow(element, row) {
    if (row.group) {
      updateGroup(element, row.group, this.#wanted.closed);
      return;
    }
    const { component } = row;
    const signature = JSON.stringify([component.state, component.has_warning, component.reason, component.is_latched, component.can_reset, component.override?.kind, component.maintenance?.name, component.is_guarded, component.error]);
    if (element.dataset.signature !== signature) {
      element.dataset.signature = signature;
      element.className = `row component ${kindOf(component)}`;
      show(element.querySelector(".state"), badge(kindOf(component)));
      show(element.querySelector(".marks"), marksOf(component));
      setText(element.querySelector(".reason"), component.reason);
      element.querySelector(".reason").title = component.reason;
    }
    this.#updateTimes(element, component);
  }

  #updateTimes(element, component) {
    const since = element.querySelector(".since");
    setText(since, component.since ? duration(this.#model.secondsSince(component.since)) : "");
    since.title = component.since ? `since ${clock(component.since)}` : "";
    if (!this.#isMoving(component)) {
      // The next one is another one.
      this.#streaks.delete(component.name);
    }
    const streak = this.#streaks.get(component.name);
    setText(element.querySelector(".streak"), streak?.one ? forecast(streak.one, (performance.now() - streak.at) / 1000) : "");
  }

  // Its newest probes say something else than it serves.
  #isMoving(component) {
    return component.fresh_state !== null && component.fresh_state !== (component.beneath ?? component).state && !component.is_latched;
  }

  // Of those that are seen, and only where there is one. What fails is asked for again as late as what succeeds.
  #readStreaks() {
    if (document.hidden) {
      return;
    }
    const now = performance.now();
    const wanted = this.#rows.shown
      .filter(({ row }) => row.component && this.#isMoving(row.component))
      .filter(({ row }) => !(now - this.#streaks.get(row.component.name)?.askedAt < streakAge))
      .slice(0, mostStreaks);
    for (const { row } of wanted) {
      const { name } = row.component;
      this.#streaks.set(name, { ...this.#streaks.get(name), askedAt: now });
      read(pathOf("components", name))
        .then((document) => this.#streaks.set(name, { one: streakOf(document.tree), at: performance.now(), askedAt: now }))
        .catch(() => this.#streaks.set(name, { askedAt: now }));
    }
  }
}

function makeRow(row, toggle) {
  if (row.group) {
    return h(
      "div",
      { class: "row group", role: "row" },
      h("span", { role: "cell", "aria-colspan": columns.length }, h("button", { type: "button", class: "fold", onclick: () => toggle(row.group.name) }, h("span", { class: "fold-name" }, row.group.name)), h("span", { class: "group-counts" })),
    );
  }
  return h(
    "div",
    { class: "row component", role: "row" },
    h("span", { role: "cell", class: "state" }),
    h("span", { role: "cell", class: "name" }, h("a", { href: `#/c/${encodeURIComponent(row.component.name)}` }, row.component.name), h("span", { class: "marks" })),
    h("span", { role: "cell", class: "since" }),
    h("span", { role: "cell", class: "reason" }),
    h("span", { role: "cell", class: "streak" }),
  );
}

function updateGroup(element, group, closed) {
  element.querySelector("button").setAttribute("aria-expanded", String(!closed.has(group.name)));
  const counts = countsOf(group.members);
  const signature = JSON.stringify(counts);
  if (element.dataset.signature !== signature) {
    element.dataset.signature = signature;
    show(
      element.querySelector(".group-counts"),
      kinds.filter((kind) => counts[kind] > 0).map((kind) => h("span", { class: `group-count ${kind}` }, shape(kind), `${counts[kind]} ${kind}`)),
    );
  }
}
