// Which rows the list has: components that fit the search, worst first, in groups by the prefix of their path.
import { kindOf, rankOf } from "./state.js";

export const kinds = ["fail", "error", "warning", "ok"];

/** What a component's group is: its path without the last part; empty where it has none. */
export function groupOf(name) {
  return name.slice(0, Math.max(0, name.lastIndexOf("/")));
}

/**
 * The rows, in their order.
 * @param components all of them
 * @param wanted the search in lower case, the kinds that are left out, the groups that are closed, and whether there are groups
 */
export function rowsOf(components, { search, hidden, closed, isGrouped }) {
  const groups = new Map();
  for (const component of components) {
    if (hidden.has(kindOf(component)) || !fits(component, search)) {
      continue;
    }
    const name = isGrouped ? groupOf(component.name) : "";
    if (!groups.has(name)) {
      groups.set(name, { name, rank: 9, members: [] });
    }
    const group = groups.get(name);
    group.rank = Math.min(group.rank, rankOf(component));
    group.members.push(component);
  }

  const rows = [];
  const inOrder = [...groups.values()].sort((a, b) => a.rank - b.rank || compare(a.name, b.name));
  for (const group of inOrder) {
    if (group.name) {
      rows.push({ key: `group ${group.name}`, group });
    }
    if (!closed.has(group.name)) {
      group.members.sort((a, b) => rankOf(a) - rankOf(b) || compare(a.name, b.name));
      rows.push(...group.members.map((component) => ({ key: `component ${component.name}`, component })));
    }
  }
  return rows;
}

/** How many components are of each kind. */
export function countsOf(components) {
  const counts = Object.fromEntries(kinds.map((kind) => [kind, 0]));
  for (const component of components) {
    counts[kindOf(component)]++;
  }
  return counts;
}

const fits = (component, search) =>
  !search || [component.name, component.reason, component.task].some((text) => text.toLowerCase().includes(search));

const collator = new Intl.Collator("en", { numeric: true });
const compare = (a, b) => collator.compare(a, b);
