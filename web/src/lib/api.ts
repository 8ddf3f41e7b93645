// The one way to the service: JSON both ways, problems as Problem, and the header that unsafe requests of a session need.

import type { ProblemJson, Session } from './types';
import { words } from '../words';

export class Problem extends Error {
  constructor(readonly json: ProblemJson) {
    super(json.title);
  }
  get isSignedOut(): boolean {
    return this.json.status === 401;
  }
}

let csrf: string | null = null;
let onSignedOut: () => void = () => undefined;

export function rememberSession(session: Session): void {
  csrf = session.csrf;
}

export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

function looksLikeProblem(value: unknown): value is ProblemJson {
  return typeof value === 'object' && value !== null && 'title' in value && 'code' in value;
}

// Of whatever was thrown: what can be shown to a person.
export function problemOf(thrown: unknown): ProblemJson {
  if (thrown instanceof Problem) return thrown.json;
  return { title: words.problem.unexpected, detail: String(thrown), code: 'PAGE', what_to_do: words.problem.reload };
}

interface SendOptions {
  headers?: Record<string, string>;
  body?: BodyInit | null;
  signal?: AbortSignal | null;
  isAnswer?: (status: number, value: unknown) => boolean; // of what is no success: whether its body is the answer all the same
}

// One request as it is: the session's header goes along, and whatever is no success is thrown as a Problem.
export async function send(
  method: string,
  path: string,
  { headers = {}, body = null, signal = null, isAnswer }: SendOptions = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { Accept: 'application/json', ...(method !== 'GET' && csrf ? { 'X-Everlong-CSRF': csrf } : {}), ...headers },
      body,
      signal,
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw new Problem({ title: words.problem.unreachable, code: 'OFFLINE', what_to_do: words.problem.unreachableRemedy });
  }
  if (response.ok) return response;
  const text = await response.text();
  const value = parsed(text);
  if (isAnswer?.(response.status, value)) return new Response(text);
  const problem = looksLikeProblem(value)
    ? value
    : { title: words.problem.status(response.status), code: `HTTP ${response.status}`, what_to_do: words.problem.reload };
  problem.status ??= response.status;
  const wait = Number(response.headers.get('Retry-After'));
  if (wait > 0) problem.retry_after_s = wait;
  // A wrong password answers 401 as well, and is no end of a session.
  if (response.status === 401 && path !== '/v1/session' && path !== '/v1/setup') onSignedOut();
  throw new Problem(problem);
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

async function call<T>(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
  const response = await send(method, path, {
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return parsed(await response.text()) as T;
}

export const api = {
  get: <T>(path: string) => call<T>('GET', path),
  post: <T>(path: string, body: object = {}, headers: Record<string, string> = {}) => call<T>('POST', path, body, headers),
  patch: <T>(path: string, body: object) => call<T>('PATCH', path, body),
  delete: <T>(path: string) => call<T>('DELETE', path),
};

export function channelPath(name: string, rest = ''): string {
  return `/v1/channels/${encodeURIComponent(name)}${rest}`;
}
