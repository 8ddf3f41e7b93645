// A month as a grid of days (ARIA authoring practices): one tab stop, arrows move by day and week, Page Up and Page Down by
// month. Each day shows its posts where there is room, and how many there are where there is none.

import { useEffect, useRef } from 'preact/hooks';
import type { Post, PostState } from '../lib/post-types';
import { addDays, addMonths, dayOf, firstWeekday, today, weeksOf } from '../lib/zones';
import { words } from '../words';
import { Button, Mark } from './basics';
import { lineOf, postHref, PostTime, toneOfPost } from './post-parts';
import { Link } from '../lib/router';

const SHOWN_A_DAY = 3;

function utc(day: string): Date {
  return new Date(`${day}T12:00:00Z`);
}

function said(day: string, options: Intl.DateTimeFormatOptions): string {
  return utc(day).toLocaleDateString(undefined, { timeZone: 'UTC', ...options });
}

export function dayName(day: string): string {
  return said(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
}

interface CalendarProps {
  day: string; // the chosen one; its month is shown
  posts: readonly Post[];
  onDay: (day: string) => void;
}

export function Calendar({ day, posts, onDay }: CalendarProps) {
  const table = useRef<HTMLTableElement>(null);
  const takesFocus = useRef(false);
  const month = day.slice(0, 7);
  const first = firstWeekday();
  const weeks = weeksOf(month, first);
  const texts = words.posts.month;
  const ofDay = new Map<string, Post[]>();
  for (const post of posts) {
    if (!post.at) continue;
    const key = dayOf(post.at);
    ofDay.set(key, [...(ofDay.get(key) ?? []), post]);
  }
  useEffect(() => {
    if (!takesFocus.current) return;
    takesFocus.current = false;
    table.current?.querySelector<HTMLElement>('[data-day][tabindex="0"]')?.focus();
  }, [day]);
  const move = (event: KeyboardEvent) => {
    const weekday = (utc(day).getUTCDay() - first + 7) % 7;
    const to = {
      ArrowLeft: () => addDays(day, -1), ArrowRight: () => addDays(day, 1), ArrowUp: () => addDays(day, -7),
      ArrowDown: () => addDays(day, 7), Home: () => addDays(day, -weekday), End: () => addDays(day, 6 - weekday),
      PageUp: () => addMonths(day, -1), PageDown: () => addMonths(day, 1),
    }[event.key];
    if (!to || !(event.target instanceof HTMLElement) || !event.target.dataset['day']) return;
    event.preventDefault();
    takesFocus.current = true;
    onDay(to());
  };
  const title = said(`${month}-01`, { month: 'long', year: 'numeric' });
  const now = today();
  return (
    <div class="stack-close">
      <div class="row apart">
        <h2 aria-live="polite">{title}</h2>
        <div class="row">
          <Button isLittle label={texts.before} onClick={() => onDay(addMonths(day, -1))}>‹</Button>
          <Button isLittle onClick={() => onDay(now)}>{texts.today}</Button>
          <Button isLittle label={texts.after} onClick={() => onDay(addMonths(day, 1))}>›</Button>
        </div>
      </div>
      <table class="month" role="grid" aria-label={texts.label(title)} ref={table} onKeyDown={move}>
        <thead>
          <tr>
            {weeks[0]?.map((one) => (
              <th key={one} scope="col" abbr={said(one, { weekday: 'long' })}>{said(one, { weekday: 'short' })}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((one) => (
                <Day
                  key={one} day={one} posts={ofDay.get(one) ?? []} isChosen={one === day} isOutside={one.slice(0, 7) !== month}
                  isToday={one === now} onDay={onDay}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// What colour alone must not say.
function StateSign({ state }: { state: PostState }) {
  const tone = toneOfPost(state);
  return tone === 'none' ? null : <Mark tone={tone} />;
}

interface DayProps {
  day: string;
  posts: readonly Post[];
  isChosen: boolean;
  isOutside: boolean;
  isToday: boolean;
  onDay: (day: string) => void;
}

function Day({ day, posts, isChosen, isOutside, isToday, onDay }: DayProps) {
  const texts = words.posts.month;
  return (
    <td role="gridcell" aria-selected={isChosen} class={isOutside ? 'outside' : ''}>
      <button
        type="button" class="day" data-day={day} tabIndex={isChosen ? 0 : -1} aria-current={isToday ? 'date' : undefined}
        aria-label={texts.day(dayName(day), posts.length)} onClick={() => onDay(day)}
      >
        <span class="day-number">{Number(day.slice(8))}</span>
        {posts.length > 0 && (
          <span class="day-count" aria-hidden="true">
            {posts.slice(0, SHOWN_A_DAY).map((post) => <i key={post.id} class={toneOfPost(post.state)} />)}
          </span>
        )}
      </button>
      {posts.length > 0 && (
        <ul class="day-posts">
          {posts.slice(0, SHOWN_A_DAY).map((post) => (
            <li key={post.id} class={`${toneOfPost(post.state)} ${post.state}`}>
              <Link href={postHref(post.id)} tabIndex={-1} data-post={post.id} title={words.posts.state(post.state)}>
                <span class="day-time"><StateSign state={post.state} /><PostTime post={post} isShort /></span>
                <span class="day-line">{lineOf(post)}</span> <span class="for-readers">{words.posts.state(post.state)}</span>
              </Link>
            </li>
          ))}
          {posts.length > SHOWN_A_DAY && <li class="soft">{texts.andMore(posts.length - SHOWN_A_DAY)}</li>}
        </ul>
      )}
    </td>
  );
}
