// How long the probes of a component took in the last day: half of them (p50), and 99 of 100 (p99).
import { h, s, show } from "./dom.js";
import { latency } from "./format.js";
import { axis } from "./timeline.js";

const day = 86_400_000;
const minute = 60_000;
const step = 5 * minute;
const height = 120;

/** Draws it into an element. */
export function drawLatency(element, rollUps, now) {
  const points = pointsOf(rollUps);
  if (points.length === 0) {
    show(element, h("p", { class: "note" }, "No probe has been timed in the last day."));
    return;
  }
  const top = Math.max(...points.map((one) => one.p99));
  const newest = points.at(-1);
  const picture = s(
    "svg",
    { class: "latency", viewBox: `0 0 1440 ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": `Latency of the last day, at most ${latency(top)}; most recently p50 ${latency(newest.p50)}, p99 ${latency(newest.p99)}` },
    s("line", { class: "grid", x1: 0, x2: 1440, y1: height / 2, y2: height / 2 }),
    ["p99", "p50"].map((name) => s("path", { class: name, d: lineOf(points, name, top, now - day) })),
  );
  show(
    element,
    h("div", { class: "plot" }, picture, h("span", { class: "top", "aria-hidden": "true" }, latency(top)), h("span", { class: "half", "aria-hidden": "true" }, latency(top / 2))),
    axis(now - day, now),
    h("p", { class: "legend" }, h("span", { class: "key p50" }), `p50 ${latency(newest.p50)} · `, h("span", { class: "key p99" }), `p99 ${latency(newest.p99)} · longest ${latency(Math.max(...points.map((one) => one.max)))}`),
  );
}

// Five minutes are a point, which a picture has room for: their median on the average, and the worst of their minutes.
function pointsOf(rollUps) {
  const points = new Map();
  for (const one of rollUps.filter((minutes) => minutes.p50 !== null).reverse()) {
    const at = Math.floor(Date.parse(one.from) / step) * step;
    const point = points.get(at) ?? { at, sum: 0, count: 0, p99: 0, max: 0 };
    point.sum += one.p50;
    point.count++;
    point.p50 = point.sum / point.count;
    point.p99 = Math.max(point.p99, one.p99);
    point.max = Math.max(point.max, one.max);
    points.set(at, point);
  }
  return [...points.values()];
}

// A time without probes is a gap in the line; what stands alone is a stroke.
function lineOf(points, name, top, start) {
  let before = -Infinity;
  return points
    .map((one) => {
      const x = Math.max(0, (one.at - start) / minute).toFixed(1);
      const y = (height - (one[name] / (top || 1)) * (height - 4)).toFixed(1);
      const isNext = one.at - before <= 1.5 * step;
      before = one.at;
      return isNext ? `L${x} ${y}` : `M${x} ${y}h2`;
    })
    .join("");
}
