// Who polls, and what was refused: the first question where a balancer says DOWN.
import { h } from "./dom.js";
import { Fold } from "./fold.js";
import { duration } from "./format.js";
import { badge } from "./state.js";
import { showTable } from "./table.js";

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

/** What was asked for in vain, of any path. */
export const refusedRequests = (model) =>
  new Fold({
    title: "Refused requests",
    about: "What was asked for where components are served and got a status from 400 to 499: a poller with a wrong path is among them.",
    document: "pollers",
    draw: (body, { refused }) => showRefused(body, refused, (time) => model.secondsSince(time)),
  });
