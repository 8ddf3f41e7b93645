// All posts, as a list with what needs a person on top, or as a month.

import { useEffect, useState } from 'preact/hooks';
import { api } from '../lib/api';
import { isTimed } from '../lib/draft';
import { handFiles } from '../lib/handover';
import { isTable } from '../lib/import';
import { serverNow, useResource } from '../lib/live';
import { filesOf } from '../lib/media';
import { NEEDS_PERSON, STATES, type Post, type PostList, type PostState } from '../lib/post-types';
import { go } from '../lib/router';
import { addDays, browserZone, instantOf, today, weeksOf, firstWeekday } from '../lib/zones';
import { Button, Card, EmptyState, Loading, Note, ProblemNote, Select } from '../parts/basics';
import { Calendar, dayName } from '../parts/calendar';
import { announce } from '../parts/live-region';
import { PostRow } from '../parts/post-parts';
import { Screen } from '../parts/screen';
import { Tabs } from '../parts/tabs';
import { words } from '../words';
import type { ChannelList } from './channels';

const VIEWS = ['list', 'calendar'] as const;
type View = (typeof VIEWS)[number];
const PAGE = 50;
// A month of a busy agency; beyond it a filter helps more than a longer wait.
const MOST_PAGES_OF_A_MONTH = 10;

interface Filter {
  channel: string;
  state: string; // '', 'needs-person' or a state
  view: View;
  day: string;
}

function filterOfAddress(): Filter {
  const query = new URLSearchParams(location.search);
  const day = query.get('day') ?? '';
  return {
    channel: query.get('channel') ?? '',
    state: query.get('state') ?? '',
    view: VIEWS.find((view) => view === query.get('view')) ?? 'list',
    day: /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day)) ? day : today(),
  };
}

function addressOf(filter: Filter): string {
  const query = new URLSearchParams();
  if (filter.channel) query.set('channel', filter.channel);
  if (filter.state) query.set('state', filter.state);
  if (filter.view !== 'list') {
    query.set('view', filter.view);
    query.set('day', filter.day);
  }
  const text = query.toString();
  return text ? `/posts?${text}` : '/posts';
}

function listPath(channel: string, states: readonly PostState[], rest: Record<string, string>): string {
  const query = new URLSearchParams(rest);
  if (channel) query.set('channel', channel);
  if (states.length > 0) query.set('state', states.join(','));
  return `/v1/posts?${query}`;
}

function statesOf(filter: Filter): readonly PostState[] {
  if (filter.state === 'needs-person') return NEEDS_PERSON;
  return STATES.filter((state) => state === filter.state);
}

// A table that is dropped on the list is meant for the import; the browser would open it in place of this page.
function useDroppedTable() {
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const files = filesOf(event.dataTransfer);
      if (files.length === 0) return;
      event.preventDefault();
      if (!files.some(isTable)) {
        announce(words.posts.import.onlyTables);
        return;
      }
      handFiles(files);
      go('/posts/import');
    };
    document.addEventListener('dragover', over);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('dragover', over);
      document.removeEventListener('drop', drop);
    };
  }, []);
}

export function Posts() {
  useDroppedTable();
  const [filter, setFilter] = useState(filterOfAddress);
  const channels = useResource('channels', () => api.get<ChannelList>('/v1/channels'));
  const said = words.posts;
  const put = (part: Partial<Filter>) => {
    const next = { ...filter, ...part };
    setFilter(next);
    go(addressOf(next), { replace: true });
  };
  const names = (channels.value?.channels ?? []).map((one) => one.name);
  return (
    <Screen title={said.title} actions={<div class="row"><Button href="/posts/import">{said.import.open}</Button><Button kind="primary" href="/posts/new">{said.new}</Button></div>}>
      <div class="filters">
        <Select
          label={said.filterChannel} value={filter.channel} onChange={(channel) => put({ channel })}
          options={[{ value: '', label: said.allChannels }, ...[...new Set([...names, ...(filter.channel ? [filter.channel] : [])])].map((name) => ({ value: name, label: name }))]}
        />
        <Select
          label={said.filterState} value={filter.state} onChange={(state) => put({ state })}
          options={[
            { value: '', label: said.allStates }, { value: 'needs-person', label: said.needsPerson },
            ...STATES.map((state) => ({ value: state, label: said.state(state) })),
          ]}
        />
      </div>
      <Tabs label={said.views} tabs={VIEWS.map((key) => ({ key, label: said[key] }))} current={filter.view} onChange={(view) => put({ view })}>
        {filter.view === 'list' ? <Listed filter={filter} /> : <Month filter={filter} onDay={(day) => put({ day })} />}
      </Tabs>
    </Screen>
  );
}

// Each post stands in one list: what needs a person, what is coming (the next one first), drafts, and what is over.
const OVER: readonly PostState[] = ['published', 'cancelled'];
const DRAFTS: readonly PostState[] = ['draft'];
const COMING = STATES.filter((state) => ![...NEEDS_PERSON, ...OVER, ...DRAFTS].includes(state));

// One list that grows: as many pages as were asked for, all of them anew when something changes. Without states it is empty
// and asks nobody.
function useList(channel: string, states: readonly PostState[], order: 'newest' | 'oldest') {
  const key = `${channel} ${states.join()} ${order}`;
  const [wanted, setWanted] = useState({ key, pages: 1 });
  const pages = wanted.key === key ? wanted.pages : 1;
  const list = useResource(
    `${key} ${pages}`,
    async (): Promise<PostList> => {
      const posts: Post[] = [];
      let next: string | null = null;
      for (let page = 0; states.length > 0 && page < pages; ++page) {
        const rest = { limit: String(PAGE), order, ...(next ? { after: next } : {}) };
        const one: PostList = await api.get<PostList>(listPath(channel, states, rest));
        posts.push(...one.posts);
        next = one.next;
        if (!next) break;
      }
      return { posts, next };
    },
    ['post'],
  );
  return { ...list, more: () => setWanted({ key, pages: pages + 1 }) };
}

function Listed({ filter }: { filter: Filter }) {
  const said = words.posts;
  const wanted = statesOf(filter);
  const within = (states: readonly PostState[]) => (wanted.length === 0 ? states : states.filter((state) => wanted.includes(state)));
  const urgent = useList(filter.channel, within(NEEDS_PERSON), 'newest');
  const coming = useList(filter.channel, within(COMING), 'oldest');
  const drafts = useList(filter.channel, within(DRAFTS), 'newest');
  const over = useList(filter.channel, within(OVER), 'newest');
  const problem = urgent.problem ?? coming.problem ?? drafts.problem ?? over.problem;
  if (!urgent.value || !coming.value || !drafts.value || !over.value) return problem ? <ProblemNote problem={problem} /> : <Loading />;
  // What cannot be read does not go out, however far it had come.
  const isLost = (post: Post) => Boolean(post.unreadable);
  const first = [...coming.value.posts.filter(isLost), ...urgent.value.posts].sort((left, right) => NEEDS_PERSON.indexOf(left.state) - NEEDS_PERSON.indexOf(right.state));
  if (first.length + coming.value.posts.length + drafts.value.posts.length + over.value.posts.length === 0) {
    if (filter.channel || filter.state) return <Card><p>{said.noneFits}</p></Card>;
    return (
      <EmptyState title={said.none}>
        <p>{said.noneText}</p>
        <div class="row">
          <Button kind="primary" href="/posts/new">{said.new}</Button>
          <Button href="/posts/import">{said.import.open}</Button>
        </div>
      </EmptyState>
    );
  }
  return (
    <>
      <ProblemNote problem={problem} />
      <Section id="needs-person" title={said.needsYou} posts={first} onMore={urgent.value.next ? urgent.more : null} />
      <Section id="coming" title={said.coming} posts={coming.value.posts.filter((post) => !isLost(post))} onMore={coming.value.next ? coming.more : null} />
      <Section id="drafts" title={said.drafts} posts={drafts.value.posts} onMore={drafts.value.next ? drafts.more : null} />
      <Section id="over" title={said.over} posts={over.value.posts} onMore={over.value.next ? over.more : null} />
    </>
  );
}

function Section({ id, title, posts, onMore }: { id: string; title: string; posts: readonly Post[]; onMore: (() => void) | null }) {
  if (posts.length === 0) return null;
  return (
    <Card title={title}>
      <ul class="list" id={id}>{posts.map((post) => <PostRow key={post.id} post={post} />)}</ul>
      {onMore && <div class="row"><Button onClick={onMore}>{words.posts.more}</Button></div>}
    </Card>
  );
}

function Month({ filter, onDay }: { filter: Filter; onDay: (day: string) => void }) {
  const said = words.posts.month;
  const { day } = filter;
  const month = day.slice(0, 7);
  const states = statesOf(filter);
  const list = useResource(
    `${month} ${filter.channel} ${filter.state}`,
    async (): Promise<PostList> => {
      const weeks = weeksOf(month, firstWeekday());
      const start = weeks[0]?.[0] ?? `${month}-01`;
      const end = addDays(weeks[weeks.length - 1]?.[6] ?? start, 1);
      const at = (one: string) => new Date(instantOf(`${one}T00:00`, browserZone())).toISOString();
      const posts: Post[] = [];
      let next: string | null = null;
      for (let page = 0; page < MOST_PAGES_OF_A_MONTH; ++page) {
        const rest = { from: at(start), until: at(end), ...(next ? { after: next } : {}) };
        const one: PostList = await api.get<PostList>(listPath(filter.channel, states, rest));
        posts.push(...one.posts);
        next = one.next;
        if (!next) break;
      }
      posts.sort((left, right) => (left.at ?? '').localeCompare(right.at ?? ''));
      return { posts, next };
    },
    ['post'],
  );
  const posts = (list.value?.posts ?? []).filter((post) => isTimed(post, serverNow()));
  return (
    <>
      <ProblemNote problem={list.problem} />
      <Card>
        <Calendar day={day} posts={posts} onDay={onDay} />
        <p class="small soft">{said.zone(browserZone())} <span class="wide-only">{said.help}</span></p>
        {list.value?.next && <Note tone="warn"><p>{said.tooMany}</p></Note>}
      </Card>
      <DayCard day={day} posts={posts.filter((post) => isOn(post, day))} channel={filter.channel} />
    </>
  );
}

function isOn(post: Post, day: string): boolean {
  if (!post.at) return false;
  const at = Date.parse(post.at);
  return at >= instantOf(`${day}T00:00`, browserZone()) && at < instantOf(`${addDays(day, 1)}T00:00`, browserZone());
}

function DayCard({ day, posts, channel }: { day: string; posts: readonly Post[]; channel: string }) {
  const said = words.posts.month;
  const query = new URLSearchParams({ date: day, ...(channel ? { channel } : {}) });
  return (
    <Card title={said.of(dayName(day))} actions={day >= today() && <Button isLittle href={`/posts/new?${query}`}>{said.newOn}</Button>}>
      {posts.length === 0 ? <p class="soft">{said.noneOn}</p> : <ul class="list" id="day-posts">{posts.map((post) => <PostRow key={post.id} post={post} />)}</ul>}
    </Card>
  );
}
