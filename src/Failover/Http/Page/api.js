// Requests of the management API. No cookie, no log-in of the browser's own: a token that can only view, and a password for one
// change at a time.

const root = "api/v1/";
const tokenKey = "failover.token";
// For the head of an answer, and for the rest of a document. Without a deadline, a request that is lost with a VPN hangs for minutes.
const longestWait = 10_000;
const longestBody = 30_000;

/** A request that was not answered with what it asked for. Its status is 0 where it was not answered at all. */
export class Problem extends Error {
  constructor(status, detail, retryAfter) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export const token = () => sessionStorage.getItem(tokenKey);

/** Forgets a token that is refused. */
export function dropToken() {
  sessionStorage.removeItem(tokenKey);
}

const path = (...parts) => root + parts.map((part) => part.split("/").map(encodeURIComponent).join("/")).join("/");

/** The path of a component's document: "components", "latency"… and the name, slashes and all. */
export const pathOf = (document, name) => path(document, name);

function basic(user, password) {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

const asJson = (response) => response.json();
const asStream = (response) => response.body;

// The deadline holds for what `take` waits for as well: a document is waited for, a stream goes on.
async function send(url, { signal, ...options }, take = asJson) {
  const deadline = new AbortController();
  let timer = setTimeout(() => deadline.abort(), longestWait);
  try {
    const response = await fetch(url, {
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      referrerPolicy: "no-referrer",
      ...options,
      signal: signal ? AbortSignal.any([deadline.signal, signal]) : deadline.signal,
    });
    clearTimeout(timer);
    timer = setTimeout(() => deadline.abort(), longestBody);
    if (!response.ok) {
      const problem = await response.json().catch(() => null);
      throw new Problem(response.status, problem?.detail || response.statusText || `Status ${response.status}`, response.headers.get("Retry-After"));
    }
    return await take(response);
  } catch (error) {
    if (error instanceof Problem || signal?.aborted) {
      throw error;
    }
    const isJson = !(error instanceof SyntaxError);
    throw new Problem(0, deadline.signal.aborted ? "The daemon has not answered in time" : isJson ? "The daemon cannot be reached" : "The answer is not JSON");
  } finally {
    clearTimeout(timer);
  }
}

const asViewer = () => (token() ? { Authorization: `Bearer ${token()}` } : {});

/** Opens a stream, as who has logged in to view. */
export function openStream(document, signal) {
  return send(root + document, { signal, headers: asViewer() }, asStream);
}

/** Reads a document. */
export function read(document) {
  return send(document.startsWith(root) ? document : root + document, { headers: asViewer() });
}

let paths = null;

/** Reads a document of one name that this daemon may not have, by its own description; null then. */
export async function readIfThere(document, name, query) {
  paths ??= read("openapi.json").then(
    (description) => Object.keys(description.paths),
    (problem) => {
      paths = null;
      throw problem;
    },
  );
  return (await paths).some((one) => one.endsWith(`/${root}${document}/{name}`)) ? read(pathOf(document, name) + query) : null;
}

/** Logs in to view. */
export async function logIn(user, password) {
  const session = await send(`${root}session`, { method: "POST", headers: { Authorization: basic(user, password) } });
  sessionStorage.setItem(tokenKey, session.token);
}

/** Ends the session. If the daemon cannot be reached, the token is dropped, and the session ends when it expires. */
export async function logOut() {
  const headers = asViewer();
  // At once: who has logged out may have left before the daemon answers.
  dropToken();
  await send(`${root}session`, { method: "DELETE", headers }).catch(() => null);
}

/** Changes something, by a user and a password that are kept nowhere. */
export async function change(method, url, { user, password, etag, body }) {
  const headers = { Authorization: basic(user, password) };
  if (etag) {
    headers["If-Match"] = `"${etag}"`;
  }
  if (body) {
    headers["Content-Type"] = "application/json";
  }
  try {
    return await send(url, { method, headers, body: body && JSON.stringify(body) });
  } catch (problem) {
    throw problem.status === 0 ? new Problem(0, `${problem.message}: whether the change was made is not known`) : problem;
  }
}

/** A refusal in words for a person. */
export function inWords(problem) {
  switch (problem.status) {
    case 401:
      return "Wrong user or password.";
    case 0:
    case 403:
    case 409:
      return asSentence(problem.message);
    case 412:
      return "Not done: the component has changed since this dialog was opened. Check its state and try again.";
    case 429:
      return `Too many failed log-ins: try again in ${problem.retryAfter ?? "some"} s.`;
    default:
      return asSentence(`Not done (${problem.status}): ${problem.message}`);
  }
}

const asSentence = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);
