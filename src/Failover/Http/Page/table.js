// Tables in a view, and what stands in the place of an empty one.
import { h, show } from "./dom.js";

export const note = (text) => h("p", { class: "note" }, text);

const rowsOf = (rows) => h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell)))));

/** A table that scrolls sideways where it is wider than the page. */
export function table(caption, heads, rows) {
  return h(
    "div",
    { class: "wide", tabindex: 0, role: "region", "aria-label": caption },
    h("table", {}, h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))), rowsOf(rows)),
  );
}

/** Shows a table where there are rows, or else a note. One that is there gets other rows, and stays where it is scrolled to. */
export function showTable(body, { caption, heads, rows, empty }) {
  const shown = body.querySelector(":scope > .wide tbody");
  if (rows.length === 0) {
    show(body, note(empty));
  } else if (shown) {
    shown.replaceWith(rowsOf(rows));
  } else {
    show(body, table(caption, heads, rows));
  }
}
