// What happens, as it happens: a stream of server-sent events, read by fetch, since EventSource cannot say who has logged in.
import { open } from "./api.js";

const heartbeat = 15_000;
const shortestPause = 500;
const longestPause = 15_000;

/**
 * Follows events for as long as the page is there, and takes the stream up again where it ended.
 * @param onEvent called with the name and the document of each
 * @param onLink called with true when the stream is open, with false and the next attempt's delay when it is lost
 * @param onRefused called with the problem where it takes a log-in; follows again when the promise is fulfilled
 */
export async function follow({ onEvent, onLink, onRefused }) {
  let cursor = null;
  let pause = shortestPause;
  for (;;) {
    const attempt = new AbortController();
    try {
      const response = await open(`api/v1/events${cursor === null ? "" : `?after=${cursor}`}`, { signal: attempt.signal });
      pause = shortestPause;
      onLink(true);
      await readAll(response.body, attempt, (event) => {
        cursor = event.id ?? cursor;
        if (event.name) {
          onEvent(event.name, JSON.parse(event.data));
        }
      });
    } catch (problem) {
      if (problem.status === 401) {
        await onRefused(problem);
        continue;
      }
      if (problem.status === 400) {
        cursor = null;
      }
    } finally {
      attempt.abort();
    }
    onLink(false, pause);
    await new Promise((resolve) => setTimeout(resolve, pause * (0.75 + Math.random() / 2)));
    pause = Math.min(pause * 2, longestPause);
  }
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
