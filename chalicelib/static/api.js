// Requests to the engine's REST API, which lies beside this page.

import { engineNow, learn } from "./clock.js";
import { askForKey, authorization } from "./key.js";
import { refusal } from "./refusals.js";

const PATIENCE_MS = 10_000;
const TRIES = 5;
const LONGEST_PAUSE_S = 30;
const TIMED_OUT = 408;
const TOO_MANY = 429;
const BUSY = [TOO_MANY, 503];
const NOTHING_DONE = ["BACKLOG_TOO_LONG", "TRADING_REDUCING", "TRADING_HALTED"];

/** A refusal (RFC 9457), told for people. */
export class Problem extends Error {
  constructor(status, document, retryAfter) {
    super(refusal(document, retryAfter));
    this.status = status;
    this.code = document.code;
    this.errors = Array.isArray(document.errors) ? document.errors : [];
    this.retryAfter = retryAfter;
  }

  /** Whether it settles the request: the same one, sent again, would be refused again. */
  get settles() {
    return this.status < 500 && ![TOO_MANY, TIMED_OUT].includes(this.status);
  }

  /** Whether what was asked may have been done all the same. */
  get leavesUnknown() {
    return this.status === TIMED_OUT || (this.status >= 500 && !NOTHING_DONE.includes(this.code));
  }
}

/** Nothing that can be read came back in time, so what became of the request is unknown. */
export class NoAnswer extends Error {
  settles = false;
  leavesUnknown = true;

  constructor(sentence = "The engine did not answer.") {
    super(sentence);
  }
}

/** The API's answer. `signal` ends the request early. */
export async function call(method, path, { body, headers, signal } = {}) {
  const { status, text, retryAfter } = await send(method, path, {
    body,
    signal,
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
  });
  const answer = documentIn(text);
  if (status === 401) askForKey();
  if (status >= 400) throw new Problem(status, answer ?? {}, retryAfter);
  // Whatever stands between may answer 200 in the engine's place.
  if (answer?.success !== true) throw new NoAnswer("The engine's answer can't be read.");
  return answer;
}

function documentIn(text) {
  try {
    const document = JSON.parse(text);
    return typeof document === "object" ? document : null;
  } catch {
    return null;
  }
}

async function send(method, path, request) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const signal = request.signal ? AbortSignal.any([request.signal, patience]) : patience;
  const headers = { ...request.headers, ...authorization() };
  const asked = Date.now();
  try {
    const response = await fetch(new URL(path, document.baseURI), { ...request, headers, method, signal });
    learn(response.headers.get("Date"), asked, Date.now());
    const { status } = response;
    const seconds = secondsAsked(response.headers.get("Retry-After"));
    return { status, text: await response.text(), retryAfter: seconds ?? (BUSY.includes(status) ? 1 : null) };
  } catch {
    throw new NoAnswer();
  }
}

/** What a Retry-After asks for, which is seconds or a date; null where it asks for nothing. */
export function secondsAsked(header) {
  if (/^\d+$/.test(header ?? "")) return Number(header) || null;
  const until = /GMT$/.test(header ?? "") ? Date.parse(header) : NaN;
  return until > engineNow() ? (until - engineNow()) / 1000 : null;
}

/**
 * Ask until it is settled: again after Retry-After, or after a growing pause when there was no answer or a
 * broken one, but never after `until` (ms). `again` says of each error whether it is worth that, `onWait` is
 * told of each pause, and `signal` ends it with the error that it paused for.
 */
export async function persist(
  ask,
  { onWait = () => {}, signal, until = Infinity, again = passes, tries = TRIES } = {},
) {
  for (let failures = 1; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      const seconds = error.retryAfter ?? Math.min(2 ** (failures - 1), LONGEST_PAUSE_S);
      const milliseconds = seconds * 1000;
      if (!again(error) || failures === tries || Date.now() + milliseconds > until) throw error;
      if (signal?.aborted) throw error;
      onWait({ error, until: Date.now() + milliseconds });
      if (!(await pause(milliseconds, signal))) throw error;
    }
  }
}

const passes = ({ settles }) => settles === false;

/** Whether it lasted as long as that. */
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}
