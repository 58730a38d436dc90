// The task of a component as a picture: a box for each node, with what it shows, on what evidence, and what would change that.
import { h } from "./dom.js";
import { forecast } from "./format.js";
import { badge } from "./state.js";

/** The nearest change of state of which there is evidence already; null: none. */
export function streakOf(node) {
  const own = node.is_in_charge ? node.forecasts.filter((one) => one.seen > 0) : [];
  return own[0] ?? node.children.map(streakOf).find((one) => one) ?? null;
}

/**
 * A node and all below it.
 * @param readAt when the explanation came in, for the countdown
 */
export function treeOf(root, readAt) {
  return h("ul", { class: "tree" }, nodeOf(root, readAt));
}

function nodeOf(node, readAt) {
  const kind = node.state === "ok" && node.has_warning ? "warning" : node.state;
  return h(
    "li",
    {},
    h(
      "div",
      { class: `node ${kind}${node.is_in_charge ? "" : " idle"}` },
      h("p", { class: "node-head" }, badge(kind), node.name && h("span", { class: "node-name" }, node.name), h("code", {}, node.summary)),
      node.reason && h("p", { class: "node-reason" }, node.reason),
      node.evidence && h("p", { class: "node-evidence" }, node.evidence),
      outlookOf(node, readAt),
      node.is_repeated && h("p", { class: "node-evidence" }, "Its parts are shown further up."),
      !node.is_in_charge && h("p", { class: "node-evidence" }, "Does not count at present."),
    ),
    node.children.length > 0 && h("ul", {}, node.children.map((child) => nodeOf(child, readAt))),
  );
}

function outlookOf(node, readAt) {
  if (node.forecasts.length === 0) {
    return node.outlook && h("p", { class: "node-outlook" }, node.outlook);
  }
  return node.forecasts.map((one) => {
    const line = h("p", { class: `node-outlook countdown${one.seen > 0 ? " moving" : ""}`, title: node.outlook });
    line.forecast = { one, readAt };
    return tickOne(line);
  });
}

function tickOne(line) {
  const { one, readAt } = line.forecast;
  line.textContent = forecast(one, (performance.now() - readAt) / 1000);
  return line;
}

/** A second has passed: the countdowns below an element go on. */
export function tick(element) {
  element.querySelectorAll(".countdown").forEach(tickOne);
}
