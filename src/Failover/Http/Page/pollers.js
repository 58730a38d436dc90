// Who polls, and what was refused: the first question where a balancer says DOWN.
import { read } from "./api.js";
import { h, show } from "./dom.js";
import { duration } from "./format.js";
import { badge } from "./state.js";
import { note, showTable } from "./table.js";

const longestAge = 10_000;

const ago = (seconds) => `${duration(Math.max(0, seconds))} ago`;

// A poller whose timeout is shorter than an evaluation takes is down whatever is answered.
const answerOf = ({ answered, unanswered, polls }) => h("span", {}, answered ? badge(answered) : "nothing", unanswered > 0 && ` gone before the answer ${unanswered} of ${polls} times`);

/** Shows the pollers of one component. */
export function showPollers(body, pollers, secondsSince) {
  showTable(body, {
    caption: "Table of pollers",
    heads: ["Last", "Address", "Agent", "Polls", "Answered"],
    rows: pollers.map((one) => [ago(secondsSince(one.last)), one.address, one.agent || "–", String(one.polls), answerOf(one)]),
    empty: "Nobody, since the daemon started.",
  });
}

function showRefused(body, refused, secondsSince) {
  showTable(body, {
    caption: "Table of refused requests",
    heads: ["Last", "Address", "Agent", "Times", "Status", "Request"],
    rows: refused.map((one) => [ago(secondsSince(one.last)), one.address, one.agent || "–", String(one.times), String(one.status), h("code", {}, one.request)]),
    empty: "None, since the daemon started.",
  });
}

/** What was asked for in vain, of any path; read while it is open. */
export class RefusedRequests {
  #model;
  #readAt = -Infinity;

  constructor(model) {
    this.#model = model;
    this.body = h("div", {}, note("…"));
    this.element = h(
      "details",
      { class: "refused", ontoggle: () => this.tick() },
      h("summary", {}, "Refused requests"),
      note("What was asked for where components are served and got a status from 400 to 499: a poller with a wrong path is among them."),
      this.body,
    );
  }

  /** A second has passed. */
  async tick() {
    const now = performance.now();
    if (!this.element.open || document.hidden || now - this.#readAt < longestAge) {
      return;
    }
    this.#readAt = now;
    try {
      const { refused } = await read("pollers");
      showRefused(this.body, refused, (time) => this.#model.secondsSince(time));
    } catch (problem) {
      show(this.body, note(problem.message));
    }
  }
}
