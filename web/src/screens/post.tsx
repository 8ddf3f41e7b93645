// One post: how far it has come, what happens next, and everything that was done for it.

import { useState } from 'preact/hooks';
import { api, channelPath } from '../lib/api';
import { isTimed } from '../lib/draft';
import { useAction, useNow, useResource } from '../lib/live';
import type { Channel, ProblemJson, Simulation } from '../lib/types';
import type { Post, PostMedium, PostState, TimelineEntry } from '../lib/post-types';
import { dateTime, dateTimeSeconds, relative } from '../lib/time';
import { elsewhere } from '../lib/zones';
import { Button, Card, Facts, Field, Loading, Note, OutLink, ProblemNote } from '../parts/basics';
import { Confirm, Dialog } from '../parts/dialog';
import { announce } from '../parts/live-region';
import { Findings, lateness, PostBadge, postHref, PostTime, toneOfPost } from '../parts/post-parts';
import { PostPreview } from '../parts/post-preview';
import { Screen } from '../parts/screen';
import { sentence, words } from '../words';

function path(id: string, rest = ''): string {
  return `/v1/posts/${encodeURIComponent(id)}${rest}`;
}

const EDITABLE: readonly PostState[] = ['draft', 'scheduled'];
const CANCELLABLE: readonly PostState[] = ['draft', 'scheduled', 'checking', 'containers', 'waiting', 'ready', 'held'];
const RETRIABLE: readonly PostState[] = ['held', 'failed', 'uncertain'];
const UNDER_WAY: readonly PostState[] = ['scheduled', 'checking', 'containers', 'waiting', 'ready'];

// It may have gone out without this service's knowing: nothing of it is under way, so it can be given up as well.
function mayBeLive(post: Post): boolean {
  return post.state === 'held' && (post.cause === 'store-restored' || post.cause === 'maybe-live');
}

// The call to publish left, and only a look or a person can tell what became of it.
function isInDoubt(post: Post): boolean {
  return post.state === 'uncertain' || (post.state === 'held' && post.cause === 'publish-uncertain');
}

export function PostDetails({ id, isRehearsal }: { id: string; isRehearsal: boolean }) {
  const post = useResource(id, () => api.get<Post>(path(id)), ['post']);
  const { value, problem } = post;
  const said = words.posts;
  const isKnown = value && !value.unreadable?.includes('content');
  const title = value && isKnown ? said.page.title(said.kind(value.kind), value.channel) : said.title;
  return (
    <Screen title={title} actions={<Button href="/posts">{said.page.back}</Button>}>
      {!value && (problem ? <ProblemNote problem={problem} /> : <Loading />)}
      {value && (
        <div class="compose">
          <div class="stack">
            <Summary post={value} isRehearsal={isRehearsal} onChange={post.reload} />
            {value.findings.length > 0 && (
              <Card title={said.page.findings}><Findings findings={value.findings} namesItems={value.media.length > 1} /></Card>
            )}
            <Timeline entries={value.timeline ?? []} />
          </div>
          <div class="stack beside">
            <Shown post={value} />
            <FactsOf post={value} />
          </div>
        </div>
      )}
    </Screen>
  );
}

function Summary({ post, isRehearsal, onChange }: { post: Post; isRehearsal: boolean; onChange: () => void }) {
  const said = words.posts;
  const now = useNow();
  const late = lateness(post);
  const isTrouble = Boolean(post.title) && post.state !== 'cancelled';
  const isLive = post.state === 'published';
  const tone = toneOfPost(post.state);
  return (
    <Card>
      <div class="headline" data-state={post.state}>
        <PostBadge state={post.state} />
        <PostTime post={post} />
        {late && <span class="late">{late}</span>}
      </div>
      <p>{said.stateText(post.state, isRehearsal)}</p>
      {isTrouble && (
        <Note tone={tone === 'bad' ? 'bad' : 'warn'} title={post.unreadable ? said.unreadable.title : isLive ? said.page.stillOpen : sentence(post.title ?? '')}>
          {isLive && <p>{sentence(post.title ?? '')}</p>}
          {post.what_happened && <p>{sentence(post.what_happened)}</p>}
          {post.what_to_do && <p>{said.page.toDo} {post.unreadable ? said.unreadable.toDo : said.toDo(post.cause, post.what_to_do)}</p>}
          {post.cause && <p class="small soft"><code>{post.cause}</code></p>}
        </Note>
      )}
      {post.next_attempt_at && !isLive && (
        <p class="small soft" id="next-look">
          {said.page.nextLook}: <time dateTime={post.next_attempt_at}>{dateTime(post.next_attempt_at)}</time> ({relative(post.next_attempt_at, now)})
        </p>
      )}
      {isLive && !isRehearsal && post.permalink && <p><OutLink href={post.permalink}>{said.page.permalink}</OutLink></p>}
      <Actions post={post} isRehearsal={isRehearsal} onChange={onChange} />
    </Card>
  );
}

// In a rehearsal nothing is on Instagram: the simulator has a page of its own for what was published there.
function Simulated({ post }: { post: Post }) {
  const world = useResource('sandbox', () => api.get<Simulation>('/v1/sandbox'));
  const channel = useResource(post.channel, () => api.get<Channel>(channelPath(post.channel)));
  const address = world.value?.address ?? '';
  const username = channel.value?.username;
  if (!username || !/^https?:\/\//.test(address)) return null;
  const place = [username, ...(post.media_id ? [post.media_id] : [])].map(encodeURIComponent).join('/');
  return <Button isNewTab href={`${address}/_sandbox/instagram/${place}`}>{words.posts.page.simulated}</Button>;
}

function Actions({ post, isRehearsal, onChange }: { post: Post; isRehearsal: boolean; onChange: () => void }) {
  const [open, setOpen] = useState<'cancel' | 'settle' | null>(null);
  const action = useAction();
  const said = words.posts.page;
  const { state } = post;
  const done = (text: string) => {
    setOpen(null);
    announce(text);
    onChange();
  };
  const retry = () =>
    void action.run(async () => {
      await api.post(path(post.id, '/retry'));
      done(said.retried);
    });
  const isDoubtful = isInDoubt(post);
  const isReadable = !post.unreadable;
  // Its medium may be named, or the word that it is there be taken back.
  const isMediumUnknown = state === 'published' && post.findings.some((finding) => finding.rule === 'medium-unknown');
  // Whether a call of a damaged one may have left is known to the service alone.
  const isSettled = ['draft', 'published', 'failed', 'cancelled'].includes(state);
  const isRetriable = isReadable && RETRIABLE.includes(state);
  // It waits for something, and a person may know that this is over.
  const canHurry = isReadable && UNDER_WAY.includes(state) && Boolean(post.title);
  return (
    <>
      <ProblemNote problem={action.problem} />
      <div class="row" role="group" id="post-actions">
        {(isRetriable || canHurry) && (
          <Button kind={isDoubtful || mayBeLive(post) || canHurry ? 'usual' : 'primary'} isBusy={action.isBusy} onClick={retry}>
            {isDoubtful ? said.retryUncertain : canHurry ? said.retryNow : said.retry}
          </Button>
        )}
        {(isReadable ? isDoubtful || mayBeLive(post) || isMediumUnknown : !isSettled) && <Button kind="primary" onClick={() => setOpen('settle')}>{said.settle}</Button>}
        {isReadable && EDITABLE.includes(state) && (
          <Button kind={state === 'draft' ? 'primary' : 'usual'} href={postHref(post.id, '/edit')}>{state === 'draft' ? said.schedule : said.edit}</Button>
        )}
        {isRehearsal && state === 'published' && <Simulated post={post} />}
        {isReadable && <Button href={`/posts/new?from=${encodeURIComponent(post.id)}`}>{said.duplicate}</Button>}
        {CANCELLABLE.includes(state) && !isDoubtful && (
          <Button kind="danger" onClick={() => setOpen('cancel')}>{state === 'draft' ? said.discard : said.cancel}</Button>
        )}
      </div>
      {isRetriable && <p class="small soft">{said.retryText}</p>}
      {open === 'cancel' && <Cancel post={post} onClose={() => setOpen(null)} onDone={() => done(said.cancelled)} />}
      {open === 'settle' && <Settle post={post} onClose={() => setOpen(null)} onDone={() => done(said.settled)} />}
    </>
  );
}

interface AnswerProps {
  post: Post;
  onClose: () => void;
  onDone: () => void;
}

function Cancel({ post, onClose, onDone }: AnswerProps) {
  const action = useAction();
  const said = words.posts.page;
  return (
    <Confirm
      title={said.cancelTitle} action={post.state === 'draft' ? said.discard : said.cancel} isDangerous isBusy={action.isBusy} onClose={onClose}
      onConfirm={() =>
        void action.run(async () => {
          await api.delete(path(post.id));
          onDone();
        })}
    >
      <p>{said.cancelText}</p>
      <ProblemNote problem={action.problem} />
    </Confirm>
  );
}

function Settle({ post, onClose, onDone }: AnswerProps) {
  const [mediaId, setMediaId] = useState('');
  const action = useAction();
  const said = words.posts.page;
  const settle = (published: boolean) =>
    void action.run(async () => {
      await api.post(path(post.id, '/settle'), { published, ...(published && mediaId.trim() ? { media_id: mediaId.trim() } : {}) });
      onDone();
    });
  return (
    <Dialog title={said.settleTitle} onClose={onClose}>
      <p>{said.settleText}</p>
      <section class="sub stack-close" aria-label={said.settleYes}>
        <p>{said.settleYesText}</p>
        <Field label={said.mediaId} hint={said.mediaIdHint} name="media-id" value={mediaId} onInput={setMediaId} />
        <div class="row"><Button kind="primary" isBusy={action.isBusy} onClick={() => settle(true)}>{said.settleYes}</Button></div>
      </section>
      <section class="sub stack-close" aria-label={said.settleNo}>
        <p>{said.settleNoText}</p>
        <div class="row"><Button kind="danger" isBusy={action.isBusy} onClick={() => settle(false)}>{said.settleNo}</Button></div>
      </section>
      <ProblemNote problem={action.problem} />
      <div class="row"><Button onClick={onClose}>{words.cancel}</Button></div>
    </Dialog>
  );
}

function Shown({ post }: { post: Post }) {
  const channel = useResource(post.channel, () => api.get<Channel>(channelPath(post.channel)), ['channel']);
  return (
    <Card title={words.posts.compose.preview}>
      <PostPreview
        kind={post.kind} username={channel.value?.username ?? post.channel} caption={post.caption} audioName={post.reel?.audio_name ?? ''}
        isTrial={Boolean(post.reel?.trial) && post.reel?.trial !== 'none'} isAi={post.ai_generated}
        media={post.media.map((one, index) => ({ ...one, key: index, altText: one.alt_text ?? '' }))}
      />
    </Card>
  );
}

type FactRow = [string, preact.ComponentChildren];

// What was said of each picture and video; numbered where there are several.
function mediaFacts(media: readonly PostMedium[]): FactRow[] {
  const said = words.posts.page;
  const name = (one: string, several: (number: number) => string, index: number) => (media.length > 1 ? several(index + 1) : one);
  return media.flatMap((medium, index) => {
    const rows: FactRow[] = [];
    const people = medium.user_tags ?? [];
    const products = medium.product_tags ?? [];
    if (medium.alt_text) rows.push([name(said.altText, said.altTextOf, index), medium.alt_text]);
    if (people.length > 0) rows.push([name(said.people, said.peopleOf, index), people.map((tag) => `@${tag.username}`).join(', ')]);
    if (products.length > 0) rows.push([name(said.products, said.productsOf, index), products.map((tag) => tag.product_id).join(', ')]);
    return rows;
  });
}

function reelFacts({ kind, reel }: Post): FactRow[] {
  const said = words.posts.page;
  if (kind !== 'reel' || !reel) return [];
  const rows: FactRow[] = [];
  if (reel.cover) rows.push([said.cover, said.coverOwn]);
  else if (typeof reel.thumb_offset_ms === 'number') rows.push([said.cover, said.coverAt(reel.thumb_offset_ms / 1000)]);
  if (typeof reel.share_to_feed === 'boolean') rows.push([said.inFeed, reel.share_to_feed ? said.yes : said.no]);
  if (reel.audio_name) rows.push([said.audioName, reel.audio_name]);
  if (reel.trial === 'manual' || reel.trial === 'performance') rows.push([said.trial, words.posts.compose.trials[reel.trial]]);
  return rows;
}

function FactsOf({ post }: { post: Post }) {
  const now = useNow();
  const said = words.posts.page;
  const there = post.at ? elsewhere(post.at, post.zone) : null;
  const rows: FactRow[] = [
    [said.due, post.at && isTimed(post, now) ? <time dateTime={post.at}>{dateTime(post.at)}</time> : words.posts.noTime],
  ];
  if (there && post.zone) rows.push([said.zone, words.posts.in(there, post.zone)]);
  if (post.published_at) rows.push([said.published, <time dateTime={post.published_at}>{dateTime(post.published_at)}</time>]);
  if (post.first_comment) rows.push([said.firstComment, <span class="kept-lines">{post.first_comment}</span>]);
  if (post.collaborators.length > 0) rows.push([said.collaborators, post.collaborators.map((name) => `@${name}`).join(', ')]);
  if (post.location_id) rows.push([said.location, <code>{post.location_id}</code>]);
  if (post.ai_generated) rows.push([said.ai, said.isAi]);
  rows.push(...mediaFacts(post.media), ...reelFacts(post));
  if (post.media_id) rows.push([said.media, <code>{post.media_id}</code>]);
  if (post.container_id) rows.push([said.container, <code>{post.container_id}</code>]);
  rows.push([said.made, <time dateTime={post.created_at}>{dateTime(post.created_at)}</time>], [said.id, <code>{post.id}</code>]);
  return <Card title={said.facts}><Facts rows={rows} /></Card>;
}

// Lines that follow each other and say the same are one.
function folded(entries: readonly TimelineEntry[]): { entry: TimelineEntry; times: number; last: string }[] {
  const said = ({ at, problem, ...rest }: TimelineEntry) => JSON.stringify([rest, problem?.code, problem?.detail]);
  const lines: { entry: TimelineEntry; times: number; last: string }[] = [];
  for (const entry of entries) {
    const before = lines.at(-1);
    if (before && said(before.entry) === said(entry)) {
      before.times += 1;
      before.last = entry.at;
    } else {
      lines.push({ entry, times: 1, last: entry.at });
    }
  }
  return lines;
}

function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const said = words.posts.page;
  return (
    <Card title={said.timeline}>
      <p class="small soft">{said.timelineText}</p>
      {entries.length === 0 ? <p>{said.noTimeline}</p> : (
        <ol class="timeline">
          {folded(entries).reverse().map(({ entry, times, last }, index) => (
            <Entry key={`${entry.at}-${entries.length - index}`} entry={entry} times={times} last={last} />
          ))}
        </ol>
      )}
    </Card>
  );
}

// Instants as everywhere else on the page: on the viewer's clock.
function withTimes(text: string): string {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (instant) => dateTimeSeconds(instant));
}

function Entry({ entry, times, last }: { entry: TimelineEntry; times: number; last: string }) {
  const { problem } = entry;
  const ofState = toneOfPost(entry.state);
  const tone = problem && ofState !== 'bad' ? 'warn' : ofState;
  return (
    <li class={tone} data-event={entry.event}>
      <strong>{sentence(entry.text ?? entry.event.replace(/-/g, ' '))}</strong>
      <div class="row small">
        <time class="soft" dateTime={entry.at}>{dateTimeSeconds(entry.at)}</time>
        {times > 1 && <span class="soft">{words.posts.page.repeated(times, dateTimeSeconds(last))}</span>}
        {entry.call && <code>{entry.call}</code>}
      </div>
      {entry.detail && entry.detail !== problem?.detail && <div class="small soft">{withTimes(entry.detail)}</div>}
      {problem && <Trouble problem={problem} />}
    </li>
  );
}

// Cause and remedy in words, with Meta's own behind them.
function Trouble({ problem }: { problem: ProblemJson }) {
  const { graph } = problem;
  return (
    <details class="small">
      <summary>{problem.title}</summary>
      <div class="stack-close unfolded">
        {problem.detail && <p>{sentence(problem.detail)}</p>}
        {problem.what_to_do && <p>{words.posts.page.toDo} {words.posts.toDo(problem.cause, problem.what_to_do)}</p>}
        {graph && graph.message && <p class="soft">{words.problem.metaSays}: {graph.message} ({graph.code}{graph.subcode ? `/${graph.subcode}` : ''})</p>}
        <p class="soft"><code>{problem.code}</code></p>
      </div>
    </details>
  );
}
