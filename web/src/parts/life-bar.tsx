import { useNow } from '../lib/live';
import { date, dateTime, lifeLeft, relative, secondsBetween, span } from '../lib/time';
import type { State, Token } from '../lib/types';
import { words } from '../words';
import { stateTone } from './basics';

// How much of a token's life is left, in words and as a bar.
export function LifeBar({ token, state }: { token: Token | null; state: State }) {
  const now = useNow();
  if (!token) return <p class="small soft">{words.life.none}</p>;
  const share = lifeLeft(token.issued_at, token.expires_at, now);
  let text: string = token.expiry_known ? words.life.never : words.life.unknown;
  if (token.expires_at) {
    const left = secondsBetween(now, token.expires_at);
    if (left <= 0) text = words.life.ended(span(-left));
    else text = state === 'dead' ? words.life.cutShort : words.life.left(span(left));
  }
  const tone = state === 'dead' ? 'bad' : stateTone(state);
  return (
    <div class={`life ${tone}`}>
      <div class="small" title={token.expires_at ? date(token.expires_at) : undefined}>{text}</div>
      {share !== null && (
        <div class="track" aria-hidden="true">
          <span class="left" style={{ width: `${(state === 'dead' ? 0 : share) * 100}%` }} />
        </div>
      )}
    </div>
  );
}

// An instant as "3 days ago", with the whole date behind it.
export function When({ at, none = words.never }: { at: string | null; none?: string }) {
  const now = useNow();
  if (!at) return <span>{none}</span>;
  return <time dateTime={at} title={dateTime(at)}>{relative(at, now)}</time>;
}

export function DateAndSpan({ at, none }: { at: string | null; none: string }) {
  if (!at) return <span>{none}</span>;
  return <span>{date(at)} <span class="soft">(<When at={at} />)</span></span>;
}
