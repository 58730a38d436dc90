// The last day of a component: which state it served when, and when nobody looked.
import { h, s, show } from "./dom.js";
import { clock, duration } from "./format.js";

const day = 86_400_000;
const minute = 60_000;
const heights = { ok: 12, error: 28, fail: 40, unknown: 4 };

/**
 * What was served from when to when, the oldest first.
 * @param startedAt since when the process runs: what it served before, only transitions tell
 * @param transitions the newest first, as far back as there are any
 * @param rollUps by minute, the newest first; a minute that is left out nobody looked. Null: it is not known.
 */
export function segmentsOf({ component, startedAt, transitions, rollUps, now }) {
  const start = now - day;
  const all = transitions.map((one) => ({ ...one, at: Date.parse(one.at) })).reverse();
  const moves = all.filter((one) => one.at > start && one.at <= now);
  const knownSince = Math.min(Date.parse(startedAt), component.since ? Date.parse(component.since) : now, all[0]?.at ?? now);
  const segments = [];
  let from = Math.min(Math.max(start, knownSince), now);
  let state = moves[0]?.from ?? component.state;
  let reason = "";
  if (from > start) {
    segments.push({ from: start, to: from, state: "unknown", reason });
  }
  for (const move of [...moves, { at: now }]) {
    if (move.at > from) {
      segments.push({ from, to: move.at, state, reason });
    }
    [from, state, reason] = [Math.max(from, move.at), move.to, move.reason];
  }
  return rollUps?.length > 0 ? withGaps(segments, gapsOf(rollUps, now)) : segments;
}

// Times of which no minute was observed, after the first that was. The newest two are not summed up yet.
function gapsOf(rollUps, now) {
  const gaps = [];
  const minutes = rollUps.map((one) => Date.parse(one.from)).reverse();
  minutes.forEach((from, index) => {
    const next = minutes[index + 1] ?? now - 3 * minute;
    if (next > from + minute) {
      gaps.push({ from: from + minute, to: next });
    }
  });
  return gaps;
}

function withGaps(segments, gaps) {
  return gaps.reduce(
    (kept, gap) =>
      kept.flatMap((one) =>
        gap.to <= one.from || gap.from >= one.to
          ? [one]
          : [
              { ...one, to: Math.max(one.from, gap.from) },
              { ...one, from: Math.max(one.from, gap.from), to: Math.min(one.to, gap.to), state: "unknown", reason: "" },
              { ...one, from: Math.min(one.to, gap.to) },
            ].filter((part) => part.to > part.from),
      ),
    segments,
  );
}

/** Draws it into an element. */
export function drawTimeline(element, segments, now) {
  const sums = {};
  for (const one of segments) {
    sums[one.state] = (sums[one.state] ?? 0) + (one.to - one.from) / 1000;
  }
  // What is served now is named from its first moment on.
  const current = segments.at(-1)?.state;
  const words = ["fail", "error", "ok", "unknown"].filter((state) => sums[state] >= 1 || (state === current && sums[state] > 0)).map((state) => `${state === "unknown" ? "not known" : state} ${duration(sums[state])}`);
  const start = now - day;
  const picture = s(
    "svg",
    { class: "timeline", viewBox: "0 0 1440 40", preserveAspectRatio: "none", role: "img", "aria-label": `The last day: ${words.join(", ")}` },
    segments.map((one) => {
      const height = heights[one.state];
      // A moment of fail is seen, too.
      const width = Math.max((one.to - one.from) / minute, one.state === "ok" ? 0 : 4);
      const x = Math.min((one.from - start) / minute, 1440 - width);
      return s(
        "rect",
        { class: one.state, x: x.toFixed(2), y: 40 - height, width: width.toFixed(2), height },
        s("title", {}, `${one.state === "unknown" ? "not known" : one.state} ${clock(one.from)} – ${clock(one.to)}${one.reason ? `: ${one.reason}` : ""}`),
      );
    }),
  );
  show(element, picture, axis(start, now), h("p", { class: "legend" }, words.join(" · ")));
}

/** The hours below a picture of the last day. */
export function axis(start, now) {
  const marks = [0, 6, 12, 18].map((hours) => h("span", {}, clock(start + hours * 60 * minute, false).slice(-5)));
  return h("div", { class: "axis", "aria-hidden": "true" }, marks, h("span", {}, clock(now, false).slice(-5)));
}
