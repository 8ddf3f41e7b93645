// What the composer asks the service: whether Meta would take the post as it stands, and to keep it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { api, problemOf } from '../lib/api';
import { bodyOf, changeOf, isWhole, type Draft } from '../lib/draft';
import { serverNow } from '../lib/live';
import type { Finding, Post } from '../lib/post-types';
import type { ProblemJson } from '../lib/types';

// After this long without a change the post is checked.
const QUIET_MS = 600;

export interface Checked {
  findings: Finding[];
  isLooking: boolean;
  isDone: boolean; // an answer is there for what is shown, or for what was shown before the last change
  problem: ProblemJson | null;
}

const NOTHING: Checked = { findings: [], isLooking: false, isDone: false, problem: null };

export function checkPost(body: object): Promise<{ findings: Finding[] }> {
  return api.post<{ findings: Finding[] }>('/v1/posts?check=true&ask=false', body);
}

// Checks again after each change that matters. An older answer never replaces a newer one.
export function useCheck(draft: Draft): Checked {
  const [checked, setChecked] = useState<Checked>(NOTHING);
  const turn = useRef(0);
  const isPossible = draft.channel !== '' && draft.media.length > 0 && isWhole(draft);
  const body = isPossible ? JSON.stringify(bodyOf(draft, false)) : '';
  useEffect(() => {
    const mine = ++turn.current;
    if (body === '') {
      setChecked(NOTHING);
      return undefined;
    }
    setChecked((before) => ({ ...before, isLooking: true }));
    const timer = window.setTimeout(() => {
      checkPost(JSON.parse(body) as object).then(
        (answer) => {
          if (mine === turn.current) setChecked({ findings: answer.findings ?? [], isLooking: false, isDone: true, problem: null });
        },
        (thrown: unknown) => {
          if (mine === turn.current) setChecked({ findings: [], isLooking: false, isDone: true, problem: problemOf(thrown) });
        },
      );
    }, QUIET_MS);
    return () => window.clearTimeout(timer);
  }, [body]);
  return checked;
}

function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

// Makes or changes a post. Pressed twice with the same content, it is one post: the key stays until something changes.
export async function savePost(
  draft: Draft,
  asDraft: boolean,
  post: Post | null,
  last: { current: { body: string; key: string } | null },
): Promise<Post> {
  if (post) return api.patch<Post>(`/v1/posts/${encodeURIComponent(post.id)}`, changeOf(draft, asDraft, serverNow()));
  const body = bodyOf(draft, asDraft);
  const text = JSON.stringify(body);
  if (last.current?.body !== text) last.current = { body: text, key: randomKey() };
  return api.post<Post>('/v1/posts', body, { 'Idempotency-Key': last.current.key });
}
