// Words for durations, times and states.

const units = [
  ["d", 86400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];

/** "41 s", "3 min 5 s", "2 h 10 min": the two largest units, rounded down. */
export function duration(seconds) {
  let rest = Math.max(0, Math.floor(seconds));
  const first = units.findIndex(([, length]) => rest >= length);
  if (first < 0) {
    return "0 s";
  }
  const parts = [];
  for (const [name, length] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) {
      parts.push(`${count} ${name}`);
    }
  }
  return parts.join(" ");
}

/** "12 ms", "1.3 s". */
export function latency(seconds) {
  if (seconds === null || seconds === undefined) {
    return "–";
  }
  if (seconds < 0.001) {
    return `${Math.round(seconds * 1e6)} µs`;
  }
  return seconds < 1 ? `${Number((seconds * 1000).toPrecision(3))} ms` : `${Number(seconds.toPrecision(3))} s`;
}

const two = (number) => String(number).padStart(2, "0");

/** "12:03:11", with the date where it is not today. In the browser's time zone. */
export function clock(time, withSeconds = true) {
  const date = new Date(time);
  const text = `${two(date.getHours())}:${two(date.getMinutes())}${withSeconds ? `:${two(date.getSeconds())}` : ""}`;
  return date.toDateString() === new Date().toDateString()
    ? text
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${text}`;
}

/** "1 failure", "2 failures". */
export function count(number, state) {
  const [one, many] = {
    ok: ["success", "successes"],
    fail: ["failure", "failures"],
    error: ["error", "errors"],
  }[state] ?? [state, state];
  return `${number} ${number === 1 ? one : many}`;
}

/** What a forecast says now: "2 of 3 failures; fail at the earliest in 41 s". */
export function forecast(one, secondsSince) {
  const rest = one.earliest_in_seconds - secondsSince;
  const needed = one.seen + one.remaining;
  const evidence = one.seen > 0 ? `${one.seen} of ${count(needed, one.state)}` : `${count(needed, one.state)} in a row`;
  const when = rest > 0 ? `at the earliest in ${duration(Math.ceil(rest))}` : "with the next one that is due";
  return one.seen > 0 ? `${evidence}; ${one.state} ${when}` : `${one.state} after ${evidence}, ${when}`;
}
