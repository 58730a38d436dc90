// Banners about the daemon as a whole, shown above every view.
import { pathOf } from "./api.js";
import { askToChange } from "./dialog.js";
import { h, setText } from "./dom.js";
import { clock, duration } from "./format.js";

const warnBefore = 600;

export class Banners {
  #element;
  #model;
  #shown = new Map();
  constructor(element, model) {
    this.#element = element;
    this.#model = model;
  }

  update() {
    const wanted = [...this.#all()];
    for (const [key, element] of this.#shown) {
      if (!wanted.some((one) => one.key === key)) {
        element.remove();
        this.#shown.delete(key);
      }
    }
    wanted.forEach((one, index) => {
      if (!this.#shown.has(one.key)) {
        this.#shown.set(one.key, makeBanner(one));
      }
      const element = this.#shown.get(one.key);
      setText(element.querySelector(".banner-text"), one.text);
      if (this.#element.children[index] !== element) {
        this.#element.insertBefore(element, this.#element.children[index] ?? null);
      }
    });
  }

  *#all() {
    const { status, isStale, readAt, problem } = this.#model;
    if (isStale) {
      const age = readAt ? `What is shown is stale since ${clock(readAt)}.` : "Nothing could be read yet.";
      yield { key: "stale", kind: "fail", title: "Stale", text: problem ? `${reasonOf(problem)}. ${age}` : age };
    }
    if (!status) {
      return;
    }
    const { configuration, state_store: store, history } = status;
    if (configuration.error) {
      yield { key: "rejected", kind: "error", title: "Configuration rejected", text: `The running one goes on.\n${configuration.error}` };
    }
    for (const pending of configuration.pending) {
      yield { key: `pending ${pending}`, kind: "warning", title: "Restart needed", text: pending };
    }
    if (store.problem) {
      yield { key: "store", kind: "error", title: "State is not stored", text: store.problem };
    }
    if (history?.problem) {
      yield { key: "history", kind: "error", title: "History is not stored", text: history.problem };
    }
    for (const guard of status.guards ?? []) {
      if (guard.is_tripped) {
        const delay = guard.delays_until ? `Moves to fail are delayed for ${duration(-this.#model.secondsSince(guard.delays_until))} more.` : "Moves to fail are not delayed any longer.";
        yield {
          key: `guard ${guard.name} ${guard.delays_until !== null} ${guard.can_release}`,
          kind: "warning",
          title: `Guard ${guard.name} tripped`,
          text: `${guard.failing} of ${guard.members} fail, and ${guard.most_failing} may. ${delay}`,
          action: guard.can_release && guard.delays_until && ["Release", () => release(guard.name, this.#model)],
        };
      }
    }
    yield* this.#notifications();
    yield* this.#overrides();
  }

  *#notifications() {
    for (const { name, pending, given_up: givenUp, problem } of this.#model.status.notifications ?? []) {
      if (problem || givenUp > 0) {
        const counts = [pending > 0 && `${pending} ${pending === 1 ? "is" : "are"} pending`, givenUp > 0 && `${givenUp} ${givenUp === 1 ? "was" : "were"} given up`].filter(Boolean);
        yield {
          key: `route ${name} ${problem !== null} ${givenUp > 0}`,
          kind: givenUp > 0 ? "error" : "warning",
          title: problem ? `Notifications on ${name} are not taken` : `Notifications on ${name} were given up`,
          text: [problem, counts.join(", ")].filter(Boolean).map((text) => `${text}.`).join(" "),
          action: givenUp > 0 && ["Send again", () => sendAgain(name, this.#model)],
        };
      }
    }
  }

  // As the log warns: ten minutes before, or in the last quarter of a shorter one, where a worse state follows.
  *#overrides() {
    for (const component of this.#model.components.values()) {
      const { override, beneath } = component;
      if (!override || !beneath || beneath.state === "ok" || beneath.state === component.state) {
        continue;
      }
      const rest = -this.#model.secondsSince(override.until);
      const all = (Date.parse(override.until) - Date.parse(override.since)) / 1000;
      if (rest < Math.min(warnBefore, all / 4)) {
        yield {
          key: `override ${component.name}`,
          kind: "warning",
          title: `Override of ${component.name} expires`,
          text: `${beneath.state.toUpperCase()} follows in ${duration(rest)}${beneath.reason ? `: ${beneath.reason}` : ""}.`,
        };
      }
    }
  }
}

const reasonOf = ({ status, message }) => (status > 0 ? `The status cannot be read (${status}): ${message}` : message);

function makeBanner({ kind, title, action }) {
  return h(
    "div",
    { class: `banner ${kind}` },
    h("strong", {}, title),
    h("span", { class: "banner-text" }),
    action && h("button", { type: "button", onclick: action[1] }, action[0]),
  );
}

async function sendAgain(name, model) {
  const url = `${pathOf("notifications", name)}/resend`;
  await askToChange({ title: `Send again on ${name}`, text: "What was given up is tried again, and pending ones at once.", button: "Send again", method: "POST", url });
  model.refreshSoon(0);
}

async function release(name, model) {
  const url = pathOf("guards", name);
  await askToChange({ title: `Release guard ${name}`, text: "Each component is then served as it is judged.", button: "Release", method: "POST", url });
  model.refreshSoon(0);
}
