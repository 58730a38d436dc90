// What is known of the daemon: its status, kept current by events between two readings.
import { read } from "./api.js";

const restMoment = 1_000;
const longestAge = 10_000;
// What is older than a reading, its deadline and some is stale; a tab that has just come into view is given the time to read.
const staleAge = 25_000;
const firstMoment = 2_000;

export class Model extends EventTarget {
  status = null;
  components = new Map();
  /** When a reading last came in; null: never. By the browser's clock. */
  readAt = null;
  /** Why the newest reading has failed; null where it has not. */
  problem = null;
  #shownAt = Date.now();
  #isChangeDue = false;
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

  /** Whether what is shown may no longer be so: the newest reading has failed, or takes too long. A lost stream of events alone is no such
   * reason. */
  get isStale() {
    const now = Date.now();
    // What takes long to read is read more rarely.
    const isOld = now - this.readAt > staleAge + 12 * this.#cost && now - this.#shownAt > firstMoment;
    return this.problem !== null || (isOld && this.readAt !== null && !document.hidden);
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
      if (!document.hidden && (this.problem || Date.now() - this.readAt > longestAge)) {
        this.refreshSoon(0);
      }
    }, longestAge / 2);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) {
        this.#shownAt = Date.now();
        this.refreshSoon(0);
      }
    });
  }

  /** An event has come in. */
  take(name, data) {
    const component = name === "transition" ? this.components.get(data.component) : null;
    // One that was missed is older than the status that has been read since.
    if (component && !(Date.parse(data.at) < Date.parse(component.since))) {
      Object.assign(component, { state: data.to, reason: data.reason, since: data.at });
      this.#changeSoon();
    }
    this.dispatchEvent(new CustomEvent("happened", { detail: { name, data } }));
    this.refreshSoon();
  }

  // Once for all that comes in before the next picture: a stream that is taken up again brings many events at once.
  #changeSoon() {
    if (!this.#isChangeDue) {
      this.#isChangeDue = true;
      requestAnimationFrame(() => {
        this.#isChangeDue = false;
        this.dispatchEvent(new Event("change"));
      });
    }
  }

  async #read() {
    const start = performance.now();
    const status = await read("status").catch((problem) => {
      // Whoever has to log in is asked to, and nothing is wrong with the daemon.
      this.problem = problem.status === 401 ? null : problem;
      throw problem;
    });
    this.problem = null;
    this.#cost = performance.now() - start;
    this.#skew = Date.parse(status.started_at) + status.uptime_seconds * 1000 - Date.now();
    this.readAt = Date.now();
    this.status = status;
    this.components = new Map(status.components.map((component) => [component.name, component]));
    this.dispatchEvent(new Event("change"));
  }
}
