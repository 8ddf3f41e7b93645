// What changes while the page is open: server-sent events, and where they fail a look each ten seconds. Also the
// service's clock, which the time machine turns.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { problemOf } from './api';
import type { ProblemJson } from './types';

export type Topic = 'channel' | 'login' | 'post' | 'clock';
type Listener = (topic: Topic, data: Record<string, unknown>) => void;

const POLL_MS = 10_000;
const TICK_MS = 20_000;
// A stream that was cut is opened again after this; the browser's own attempts end where the answer was an error.
const REOPEN_MS = 10_000;
// A thousand posts that go out in one minute are looked at this often, not a thousand times.
const POSTS_MS = 500;

const listeners = new Set<Listener>();
let source: EventSource | null = null;
let polling: number | null = null;
let offsetMs = 0;

function tell(topic: Topic, data: Record<string, unknown> = {}): void {
  if (topic === 'clock' && typeof data['now'] === 'string') setServerNow(data['now']);
  for (const listener of [...listeners]) listener(topic, data);
}

export function setServerNow(instant: string): void {
  const parsed = Date.parse(instant);
  if (!Number.isNaN(parsed)) offsetMs = parsed - Date.now();
}

export function serverNow(): number {
  return Date.now() + offsetMs;
}

// This page has changed something of the world: whatever is shown is looked at anew, without waiting for the stream.
export function lookAgain(now?: string): void {
  tell('clock', now === undefined ? {} : { now });
  tell('channel');
  tell('post');
}

function startPolling(): void {
  polling ??= window.setInterval(() => {
    tell('channel');
    tell('login');
    tell('post');
  }, POLL_MS);
}

function stopPolling(): void {
  if (polling !== null) window.clearInterval(polling);
  polling = null;
}

function parse(event: MessageEvent): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(event.data));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

let postsTimer: number | null = null;
let hasMorePosts = false;

// The first at once, those that follow close behind it together.
function tellPosts(): void {
  hasMorePosts = postsTimer !== null;
  if (hasMorePosts) return;
  tell('post');
  postsTimer = window.setTimeout(() => {
    postsTimer = null;
    if (hasMorePosts) tellPosts();
  }, POSTS_MS);
}

export function openLive(): void {
  if (source) return;
  source = new EventSource('/v1/events');
  for (const topic of ['channel', 'login', 'clock'] as const) {
    source.addEventListener(topic, (event) => tell(topic, parse(event as MessageEvent)));
  }
  source.addEventListener('post', tellPosts);
  source.onopen = () => {
    // What happened between the first look and this moment, or while the stream was cut, is caught up with.
    stopPolling();
    tell('channel');
    tell('login');
    tell('post');
  };
  source.onerror = () => {
    startPolling();
    if (source?.readyState !== EventSource.CLOSED) return;
    source = null;
    window.setTimeout(() => {
      if (polling !== null) openLive();
    }, REOPEN_MS);
  };
}

export function closeLive(): void {
  source?.close();
  source = null;
  stopPolling();
}

export function useLive(topics: readonly Topic[], on: (data: Record<string, unknown>) => void): void {
  const latest = useRef(on);
  latest.current = on;
  const key = topics.join();
  useEffect(() => {
    const listener: Listener = (topic, data) => {
      if (key.split(',').includes(topic)) latest.current(data);
    };
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, [key]);
}

// The service's time, moved on now and then and whenever somebody turns the clock.
export function useNow(): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(serverNow()), TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
  useLive(['clock'], () => setNow(serverNow()));
  return now;
}

export interface Resource<T> {
  value: T | null;
  problem: ProblemJson | null;
  isLoading: boolean;
  reload: () => void;
}

// Loads at once, again on each of the topics, and whenever `path` is another one. An older answer never replaces a
// newer one; what is shown stays while a new look is under way.
export function useResource<T>(key: string, load: () => Promise<T>, topics: readonly Topic[] = []): Resource<T> {
  const [state, setState] = useState<{ key: string; value: T | null; problem: ProblemJson | null }>({
    key,
    value: null,
    problem: null,
  });
  const [isLoading, setLoading] = useState(true);
  const latest = useRef(load);
  latest.current = load;
  const turn = useRef(0);
  const reload = useCallback(() => {
    const mine = ++turn.current;
    setLoading(true);
    latest.current().then(
      (value) => {
        if (mine !== turn.current) return;
        setState({ key, value, problem: null });
        setLoading(false);
      },
      (thrown: unknown) => {
        if (mine !== turn.current) return;
        setState((before) => ({ key, value: before.key === key ? before.value : null, problem: problemOf(thrown) }));
        setLoading(false);
      },
    );
  }, [key]);
  useEffect(() => {
    reload();
    return () => void ++turn.current;
  }, [reload]);
  useLive(topics, reload);
  const isOurs = state.key === key;
  return { value: isOurs ? state.value : null, problem: isOurs ? state.problem : null, isLoading, reload };
}

// A button's work: whether it is under way, and what went wrong.
export function useAction(): {
  isBusy: boolean;
  problem: ProblemJson | null;
  clear: () => void;
  run: <T>(work: () => Promise<T>) => Promise<T | undefined>;
} {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemJson | null>(null);
  const run = useCallback(async <T,>(work: () => Promise<T>): Promise<T | undefined> => {
    setBusy(true);
    setProblem(null);
    try {
      return await work();
    } catch (thrown) {
      setProblem(problemOf(thrown));
      return undefined;
    } finally {
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setProblem(null), []);
  return { isBusy, problem, clear, run };
}
