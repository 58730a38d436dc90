// What is known of the daemon: its status, kept current by events between two readings.
import { read } from "./api.js";

const restMoment = 1_000;
const longestAge = 10_000;

export class Model extends EventTarget {
  status = null;
  components = new Map();
  /** When a reading last came in; null: never. By the browser's clock. */
  readAt = null;
  #skew = 0;
  #timer = null;
  #reading = null;
  #cost = 0;

  /** The daemon's time: the clock of this machine may be another one. */
  now() {
    return Date.now() + this.#skew;
  }

  /** Seconds since a time of the daemon's. */
  secondsSince(time) {
    return (this.now() - Date.parse(time)) / 1000;
  }

  /** Reads the status. Two at a time are one. */
  refresh() {
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  /** Reads it soon. What takes long to read is read more rarely. */
  refreshSoon(delay = restMoment) {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.refresh().catch((problem) => this.dispatchEvent(new CustomEvent("problem", { detail: problem })));
    }, Math.max(delay, 10 * this.#cost));
  }

  /** Reads it again and again, as long as somebody sees the page. */
  keepFresh() {
    setInterval(() => {
      if (!document.hidden && Date.now() - this.readAt > longestAge) {
        this.refreshSoon(0);
      }
    }, longestAge / 2);
    document.addEventListener("visibilitychange", () => document.hidden || this.refreshSoon(0));
  }

  /** An event has come in. */
  take(name, data) {
    if (name === "transition" && this.components.has(data.component)) {
      Object.assign(this.components.get(data.component), { state: data.to, reason: data.reason, since: data.at });
      this.dispatchEvent(new Event("change"));
    }
    this.dispatchEvent(new CustomEvent("happened", { detail: { name, data } }));
    this.refreshSoon();
  }

  async #read() {
    const start = performance.now();
    const status = await read("status");
    this.#cost = performance.now() - start;
    this.#skew = Date.parse(status.started_at) + status.uptime_seconds * 1000 - Date.now();
    this.readAt = Date.now();
    this.status = status;
    this.components = new Map(status.components.map((component) => [component.name, component]));
    this.dispatchEvent(new Event("change"));
  }
}
