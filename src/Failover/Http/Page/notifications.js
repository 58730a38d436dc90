// The routes of notifications, and what was given up.
import { h, show } from "./dom.js";
import { clock } from "./format.js";
import { Fold } from "./fold.js";
import { showTable } from "./table.js";

const routeOf = (one) => [one.name, one.receiver, ...[one.pending, one.delivered, one.failed_attempts, one.given_up].map(String), one.problem ?? "–"];
const letterOf = (one) => [clock(one.at), one.route, one.subject, one.status, one.reason, one.failure];

/** Both, folded. */
export function routes() {
  const [table, letters] = [h("div", {}), h("div", {})];
  return new Fold({
    title: "Notifications",
    about: "Counted since the start, or since the route was changed.",
    document: "notifications",
    draw: (body, { routes, dead_letters }) => {
      if (table.parentNode !== body) {
        show(body, table, letters);
      }
      showTable(table, {
        caption: "Table of routes",
        heads: ["Route", "Receiver", "Pending", "Delivered", "Failed attempts", "Given up", "Problem"],
        rows: routes.map(routeOf),
        empty: "None are configured.",
      });
      letters.hidden = dead_letters.length === 0;
      showTable(letters, {
        caption: "Table of notifications that were given up",
        heads: ["At", "Route", "Subject", "Status", "Reason", "Failure"],
        rows: dead_letters.map(letterOf),
        empty: "None.",
      });
    },
  });
}
