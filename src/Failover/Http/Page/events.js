// What happens, as it happens: a stream of server-sent events, read by fetch, since EventSource cannot say who has logged in.
import { openStream } from "./api.js";

const heartbeat = 15_000;
const shortestPause = 500;
const longestPause = 15_000;

/**
 * Follows events while somebody sees the page, and takes the stream up again where it ended. A hidden tab has none: browsers allow six
 * connections to a daemon, over all tabs.
 * @param onEvent called with the name and the document of each
 * @param onLink called with true when the stream is open, with false and the problem, if any, when it was refused or has ended
 * @param onRefused called with the problem where it takes a log-in; follows again when the promise is fulfilled
 */
export async function follow({ onEvent, onLink, onRefused }) {
  let cursor = null;
  let pause = shortestPause;
  for (;;) {
    await whenVisible();
    const attempt = new AbortController();
    let wasHidden = false;
    let refusal = null;
    document.addEventListener(
      "visibilitychange",
      () => {
        wasHidden = true;
        attempt.abort();
      },
      { signal: attempt.signal },
    );
    try {
      const body = await openStream(`events${cursor === null ? "" : `?after=${encodeURIComponent(cursor)}`}`, attempt.signal);
      pause = shortestPause;
      onLink(true);
      await readAll(body, attempt, (event) => {
        cursor = event.id ?? cursor;
        if (event.name) {
          onEvent(event.name, JSON.parse(event.data));
        }
      });
    } catch (problem) {
      refusal = problem;
    } finally {
      attempt.abort();
    }
    if (wasHidden) {
      continue;
    }
    if (refusal?.status === 401) {
      await onRefused(refusal);
      continue;
    }
    if (refusal?.status === 400) {
      cursor = null;
    }
    onLink(false, refusal);
    const wait = (Number(refusal?.retryAfter) || 0) * 1000;
    await new Promise((resolve) => setTimeout(resolve, wait + pause * (0.75 + Math.random() / 2)));
    pause = Math.min(pause * 2, longestPause);
  }
}

function whenVisible() {
  return document.hidden ? new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true })) : null;
}

// A stream that says nothing for two heartbeats has ended without saying so.
async function readAll(body, attempt, onEvent) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const timer = setTimeout(() => attempt.abort(), 2 * heartbeat + 5_000);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) {
      return;
    }
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    blocks.map(parse).forEach(onEvent);
  }
}

function parse(block) {
  const event = { id: null, name: null, data: "" };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (field === "id") {
      event.id = value;
    } else if (field === "event") {
      event.name = value;
    } else if (field === "data") {
      event.data += value;
    }
  }
  return event;
}
