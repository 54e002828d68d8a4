// Requests to the engine's REST API, which lies beside this page.

import { askForKey, authorization } from "./key.js";

const PATIENCE_MS = 10_000;
const TRIES = 5;
const BUSY = [429, 503];
const NOTHING_DONE = ["BACKLOG_TOO_LONG", "TRADING_REDUCING", "TRADING_HALTED"];

/** A refusal in the API's own words (RFC 9457). */
export class Problem extends Error {
  constructor(status, document, retryAfter) {
    const detail = document.detail ?? document.message ?? "The answer can't be read.";
    super(document.title ? `${document.title}. ${detail}` : detail);
    this.status = status;
    this.code = document.code;
    this.errors = document.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** Whether it settles the request: the same one, sent again, would be refused again. */
  get settles() {
    return this.status < 500 && !BUSY.includes(this.status);
  }

  /** Whether what was asked may have been done all the same. */
  get leavesUnknown() {
    return this.status >= 500 && !NOTHING_DONE.includes(this.code);
  }
}

/** Nothing came back in time, so what became of the request is unknown. */
export class NoAnswer extends Error {
  settles = false;
  leavesUnknown = true;

  constructor() {
    super("The engine did not answer.");
  }
}

export async function call(method, path, { body, headers } = {}) {
  const { status, text, retryAfter } = await send(method, path, {
    body,
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
  });
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    answer = {};
  }
  if (status === 401) askForKey();
  if (status >= 400) throw new Problem(status, answer, retryAfter);
  return answer;
}

async function send(method, path, request) {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const headers = { ...request.headers, ...authorization() };
    const response = await fetch(new URL(path, document.baseURI), { ...request, headers, method, signal });
    const { status } = response;
    const asked = Number(response.headers.get("Retry-After")) || null;
    return { status, text: await response.text(), retryAfter: asked ?? (BUSY.includes(status) ? 1 : null) };
  } catch {
    throw new NoAnswer();
  }
}

/**
 * Ask until it is settled: again after Retry-After, or after a growing pause when there was no answer or a
 * broken one, but never after `until` (ms). `onWait` is told of each pause.
 */
export async function persist(ask, { onWait = () => {}, signal, until = Infinity } = {}) {
  for (let failures = 1; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      const seconds = error.retryAfter ?? (error.settles === false ? 2 ** (failures - 1) : null);
      if (!seconds || failures === TRIES || Date.now() + seconds * 1000 > until) throw error;
      onWait({ error, until: Date.now() + seconds * 1000 });
      await pause(seconds * 1000, signal);
    }
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
