// Requests of the management API. No cookie, no log-in of the browser's own: a token that can only view, and a password for one
// change at a time.

const root = "api/v1/";
const tokenKey = "failover.token";

/** A request that was not answered with what it asked for. */
export class Problem extends Error {
  constructor(status, detail, retryAfter) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export const token = () => sessionStorage.getItem(tokenKey);

/** Forgets who has logged in. */
export function logOut() {
  sessionStorage.removeItem(tokenKey);
}

const path = (...parts) => root + parts.map((part) => part.split("/").map(encodeURIComponent).join("/")).join("/");

/** The path of a component's document: "components", "latency"… and the name, slashes and all. */
export const pathOf = (document, name) => path(document, name);

function basic(user, password) {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

async function send(url, options) {
  let response;
  try {
    response = await fetch(url, { credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer", ...options });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Problem(0, "The daemon cannot be reached");
  }
  if (response.ok) {
    return response;
  }
  const problem = await response.json().catch(() => null);
  throw new Problem(response.status, problem?.detail ?? response.statusText, response.headers.get("Retry-After"));
}

const asViewer = () => (token() ? { Authorization: `Bearer ${token()}` } : {});

/** Opens a document or a stream, as who has logged in to view. */
export function open(url, options = {}) {
  return send(url, { ...options, headers: asViewer() });
}

/** Reads a document. */
export async function read(document, options) {
  return (await open(document.startsWith(root) ? document : root + document, options)).json();
}

let paths = null;

/** Reads a document of one name that this daemon may not have, by its own description; null then. */
export async function readIfThere(document, name, query) {
  paths ??= read("openapi.json").then(
    (description) => Object.keys(description.paths),
    () => [],
  );
  return (await paths).some((one) => one.endsWith(`/${root}${document}/{name}`)) ? read(pathOf(document, name) + query) : null;
}

/** Logs in to view. */
export async function logIn(user, password) {
  const response = await send(`${root}session`, { method: "POST", headers: { Authorization: basic(user, password) } });
  sessionStorage.setItem(tokenKey, (await response.json()).token);
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
  const response = await send(url, { method, headers, body: body && JSON.stringify(body) });
  return response.json();
}

/** A refusal in words for a person. */
export function inWords(problem) {
  switch (problem.status) {
    case 401:
      return "Wrong user or password.";
    case 403:
      return `Not allowed: ${problem.message}.`;
    case 409:
      return `Not done: ${problem.message}.`;
    case 412:
      return "Not done: the component has changed since this was opened. Look at it again, and decide anew.";
    case 429:
      return `Too many failed log-ins: try again in ${problem.retryAfter ?? "some"} s.`;
    case 0:
      return `${problem.message}.`;
    default:
      return `Not done (${problem.status}): ${problem.message}`;
  }
}
