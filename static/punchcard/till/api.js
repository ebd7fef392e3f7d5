// The public API, spoken as any till would: JSON over fetch with a token.

/** What the API refused, with its stable code and facts. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.status = status;
    this.code = problem.code || "";
    this.facts = problem.facts || {};
    this.errors = problem.errors || [];
  }
}

const base = document.body.dataset.api;
let token = null;

/** Use this token from now on; null forgets it. */
export function useToken(key) {
  token = key;
}

/**
 * Return the answer of the API.
 * Throws Refusal when it refuses, TypeError when it cannot be reached, AbortError when `signal`
 * says that the answer is no longer wanted.
 */
export async function ask(path, { method = "GET", body, key, signal, query } = {}) {
  const url = new URL(base + path, location.origin);
  for (const [name, value] of Object.entries(query || {})) {
    if (value !== undefined && value !== "") url.searchParams.set(name, value);
  }
  const headers = { Authorization: `Token ${token}`, Accept: "application/json" };
  headers["Accept-Language"] = document.documentElement.lang;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const answer = await fetch(url, {
    method,
    headers,
    signal,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "omit",
    cache: "no-store",
  });
  const text = await answer.text();
  let data = {};
  try {
    data = text ? JSON.parse(text) : {};
  } catch {
    throw new Refusal(answer.status, { title: `HTTP ${answer.status}` });
  }
  if (!answer.ok) throw new Refusal(answer.status, data);
  return data;
}

/** Return a path segment that is safe for any reference. */
export const segment = (ref) => encodeURIComponent(ref);

/** Return the page of a list after the one whose `next` link this is. */
export function follow(link, signal) {
  const url = new URL(link, location.origin);
  const path = url.pathname.slice(new URL(base, location.origin).pathname.length);
  return ask(path, { query: Object.fromEntries(url.searchParams), signal });
}

/** Return a sentence for people about what went wrong. */
export function explain(error) {
  if (error instanceof Refusal) {
    const details = error.errors.map((one) => one.detail);
    return [error.message, ...details].join(" ");
  }
  return gettext("The server cannot be reached. Nothing was written; try again.");
}
