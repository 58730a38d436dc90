// How a state looks: a shape and a word, and a colour for those who see it.
import { h, s } from "./dom.js";

/** What a component is shown as: its state, and warning for an ok with one. */
export function kindOf(component) {
  return component.state === "ok" && component.has_warning ? "warning" : component.state;
}

/** Worst first: latched fail, fail, error, warning, overridden, ok. */
export function rankOf(component) {
  if (component.state === "fail") {
    return component.is_latched ? 0 : 1;
  }
  if (component.state === "error") {
    return 2;
  }
  return component.has_warning ? 3 : component.override || component.maintenance || component.is_latched || component.is_guarded ? 4 : 5;
}

const shapes = {
  ok: () => s("circle", { cx: 8, cy: 8, r: 6 }),
  fail: () => s("path", { d: "M3 3 L13 13 M13 3 L3 13", class: "stroke" }),
  error: () => s("path", { d: "M8 1.5 L15 14 H1 Z" }),
  warning: () => s("path", { d: "M8 1 L15 8 L8 15 L1 8 Z" }),
};

/** The shape alone, for where the word stands beside it. */
export function shape(kind) {
  return s("svg", { class: `shape ${kind}`, viewBox: "0 0 16 16", "aria-hidden": "true" }, (shapes[kind] ?? shapes.error)());
}

/** Shape and word. */
export function badge(kind) {
  return h("span", { class: `badge ${kind}` }, shape(kind), h("span", { class: "word" }, kind.toUpperCase()));
}

/** What else is to be known of a component at one glance: a word, and more of it where there is room. */
export function marksOf(component) {
  const marks = [];
  if (component.is_latched) {
    marks.push(["latched", "latched", component.can_reset && ": can be reset"]);
  }
  if (component.override) {
    marks.push(["overridden", "override", `: ${component.override.kind}`]);
  }
  if (component.is_guarded) {
    marks.push(["guarded", "guarded", ": fail is delayed"]);
  }
  if (component.maintenance) {
    marks.push(["overridden", "maintenance"]);
  }
  if (component.error) {
    marks.push(["unknown", "unknown", ", as on_error says"]);
  }
  return marks.map(([name, text, more]) => h("span", { class: `mark ${name}` }, text, more && h("span", { class: "more" }, more)));
}
