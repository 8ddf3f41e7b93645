// The composer: a new post, a copy of one, or a change to one that has not gone out.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api';
import {
  draftOf, dueAt, emptyDraft, forgetDraft, isWhole, keepDraft, keptDraft, kindFor, mostMedia, placeOf, type Draft,
  type DraftMedium,
} from '../lib/draft';
import { serverNow, useAction, useResource } from '../lib/live';
import { useUploads } from '../lib/media';
import type { Finding, Post } from '../lib/post-types';
import { go } from '../lib/router';
import type { Channel, LoginPath } from '../lib/types';
import { Button, Card, EmptyState, Form, Loading, Note, ProblemNote } from '../parts/basics';
import { announce } from '../parts/live-region';
import { CHOOSE_ID, MediumItem, moverId, Picker } from '../parts/media-picker';
import { Findings, postHref } from '../parts/post-parts';
import { PostPreview } from '../parts/post-preview';
import { Screen } from '../parts/screen';
import { words } from '../words';
import type { ChannelList } from './channels';
import { savePost, useCheck, type Checked } from './compose-check';
import { AiChoice, CaptionSection, DetailsSection, ReelSection, WhatSection, WhenSection } from './compose-parts';

interface ComposeProps {
  edit?: string; // the id of the post that is changed
}

function postPath(id: string): string {
  return `/v1/posts/${encodeURIComponent(id)}`;
}

export function Compose({ edit }: ComposeProps) {
  const query = useMemo(() => new URLSearchParams(location.search), []);
  const copy = edit ? null : query.get('from');
  const id = edit ?? copy;
  const channels = useResource('channels', () => api.get<ChannelList>('/v1/channels'));
  const source = useResource(`source ${id}`, async () => (id ? await api.get<Post>(postPath(id)) : null));
  const said = words.posts;
  const title = edit ? said.compose.edit : said.compose.title;
  const problem = channels.problem ?? source.problem;
  const isThere = channels.value !== null && !source.isLoading && (id === null || source.value !== null);
  if (!isThere) return <Screen title={title}>{problem ? <ProblemNote problem={problem} /> : <Loading />}</Screen>;
  const all = channels.value?.channels ?? [];
  if (all.length === 0) {
    return (
      <Screen title={title}>
        <EmptyState title={said.newChannelFirst}>
          <p>{said.newChannelFirstText}</p>
          <Button kind="primary" href="/add">{said.addChannel}</Button>
        </EmptyState>
      </Screen>
    );
  }
  return <Composer title={title} channels={all} post={source.value} isCopy={copy !== null} date={query.get('date')} channel={query.get('channel')} />;
}

interface ComposerProps {
  title: string;
  channels: readonly Channel[];
  post: Post | null;
  isCopy: boolean;
  date: string | null;
  channel: string | null;
}

function startOf({ post, isCopy, date, channel, channels }: ComposerProps): { draft: Draft; wasKept: boolean } {
  const now = serverNow();
  const only = channels.length === 1 ? (channels[0]?.name ?? '') : '';
  if (post) return { draft: draftOf(post, now, isCopy), wasKept: false };
  const kept = date || channel ? null : keptDraft(now);
  if (kept) return { draft: kept, wasKept: kept.media.length > 0 || kept.caption !== '' };
  return { draft: { ...emptyDraft(now, date), channel: channel ?? only }, wasKept: false };
}

// What stands in the way of saving, in the order of the page.
function missing(draft: Draft, asDraft: boolean): string[] {
  const said = words.posts.compose;
  const wrong: string[] = [];
  if (draft.channel === '') wrong.push(said.noChannel);
  if (draft.media.length === 0 && !asDraft) wrong.push(said.noMedia);
  if (!isWhole(draft)) wrong.push(said.notUploaded);
  if (!asDraft && draft.when === 'at' && Number.isNaN(dueAt(draft))) wrong.push(said.noWhen);
  if (!asDraft && dueAt(draft) < serverNow()) wrong.push(said.isPast);
  return wrong;
}

function Composer(props: ComposerProps) {
  const { post, isCopy, channels, title } = props;
  const isEdit = post !== null && !isCopy;
  const start = useMemo(() => startOf(props), []);
  const [draft, setDraft] = useState<Draft>(start.draft);
  const [wasKept, setWasKept] = useState(start.wasKept);
  const said = words.posts.compose;
  const put = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const changeMedium = (key: number, part: Partial<DraftMedium>) =>
    setDraft((before) => ({
      ...before,
      media: before.media.map((one) => (one.key === key ? { ...one, ...part } : one)),
      cover: before.cover?.key === key ? { ...before.cover, ...part } : before.cover,
    }));
  const uploads = useUploads(changeMedium);
  useEffect(() => {
    if (!isEdit) keepDraft(draft);
  }, [draft]);
  const check = useCheck(draft);
  const at = (place: ReturnType<typeof placeOf>) => check.findings.filter((one) => placeOf(one) === place);
  const account = channels.find((one) => one.name === draft.channel);
  const anew = () => {
    forgetDraft();
    setWasKept(false);
    setDraft({ ...emptyDraft(serverNow()), channel: channels.length === 1 ? (channels[0]?.name ?? '') : '' });
  };
  return (
    <Screen title={title}>
      {wasKept && (
        <Note tone="none">
          <div class="row apart"><span>{said.kept}</span><Button isLittle onClick={anew}>{said.startAnew}</Button></div>
        </Note>
      )}
      {isCopy && <Note tone="none"><p>{said.copied}</p></Note>}
      <div class="compose composer">
        <div class="stack">
          <WhatSection draft={draft} put={put} channels={channels} isFixed={isEdit} />
          <MediaSection draft={draft} setDraft={setDraft} uploads={uploads} findings={at('medium')} change={changeMedium} login={account?.login} />
          <CaptionSection draft={draft} put={put} findings={at('caption')} />
          {draft.kind === 'reel' && (
            <ReelSection
              draft={draft} put={put} findings={at('cover')} onRetryCover={() => draft.cover && uploads.start(draft.cover)}
              onCover={(cover) => {
                if (draft.cover) uploads.stop(draft.cover.key);
                put({ cover });
                if (cover) uploads.start(cover);
              }}
            />
          )}
          <DetailsSection draft={draft} put={put} />
        </div>
        <div class="stack beside">
          <Card title={said.preview}>
            <PostPreview
              kind={draft.kind} username={account?.username ?? draft.channel} media={draft.media} caption={draft.caption}
              audioName={draft.audioName} isTrial={draft.trial !== 'none'} isAi={draft.isAi}
            />
          </Card>
          <WhenSection draft={draft} put={put} findings={at('when')} />
          <CheckCard check={check} draft={draft} findings={at('post')} />
          <Actions draft={draft} post={isEdit ? post : null} />
        </div>
      </div>
    </Screen>
  );
}

interface MediaSectionProps {
  draft: Draft;
  setDraft: (change: (before: Draft) => Draft) => void;
  uploads: ReturnType<typeof useUploads>;
  findings: readonly Finding[];
  change: (key: number, part: Partial<DraftMedium>) => void;
  login: LoginPath | undefined;
}

function MediaSection({ draft, setDraft, uploads, findings, change, login }: MediaSectionProps) {
  const said = words.posts.compose;
  const { media, kind } = draft;
  // What a person has moved or removed takes the keyboard's place with it; it is brought back to where they were.
  const focusNext = useRef<string | null>(null);
  useEffect(() => {
    if (focusNext.current) document.getElementById(focusNext.current)?.focus();
    focusNext.current = null;
  }, [media]);
  const add = (added: DraftMedium[]) => {
    const most = mostMedia('carousel');
    const fitting = added.slice(0, Math.max(0, most - media.length));
    if (fitting.length < added.length) announce(said.tooMany(most));
    const next = [...media, ...fitting];
    const nextKind = kindFor(kind, next);
    if (nextKind !== kind) announce(said.becomes(words.posts.kind(nextKind)));
    setDraft((before) => ({ ...before, media: [...before.media, ...fitting], kind: nextKind }));
    fitting.forEach(uploads.start);
  };
  const move = (index: number, by: -1 | 1) => {
    const moved = media[index];
    const other = media[index + by];
    if (!moved || !other) return;
    focusNext.current = moverId(moved.key, by);
    setDraft((before) => {
      const next = [...before.media];
      next[index] = other;
      next[index + by] = moved;
      return { ...before, media: next };
    });
    announce(said.moved(moved.name, index + by + 1));
  };
  const remove = (one: DraftMedium) => {
    uploads.stop(one.key);
    focusNext.current = CHOOSE_ID;
    setDraft((before) => ({ ...before, media: before.media.filter((other) => other.key !== one.key) }));
  };
  return (
    <Card title={said.media}>
      {media.length > 0 && (
        <ul class="media">
          {media.map((one, index) => (
            <MediumItem
              key={one.key} medium={one} kind={kind} login={login} index={index} all={media.length}
              findings={findings.filter((finding) => finding.medium === index)}
              onChange={(part) => change(one.key, part)} onMove={(by) => move(index, by)} onRemove={() => remove(one)}
              onRetry={() => uploads.start(one)}
            />
          ))}
        </ul>
      )}
      {media.length < mostMedia('carousel') && <Picker accept="image/*,video/*,.heic,.heif" isSeveral takesPaste onAdd={add} />}
      <AiChoice isAi={draft.isAi} onChange={(isAi) => setDraft((before) => ({ ...before, isAi }))} />
    </Card>
  );
}

// What would be refused stands beside what it is about, which may be far up the page.
function showFirst(): void {
  const first = document.querySelector<HTMLElement>('[data-finding][data-severity="error"]');
  if (!first) return;
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
  first.scrollIntoView({ block: 'center' });
}

function CheckCard({ check, draft, findings }: {
  check: Checked;
  draft: Draft;
  findings: readonly Finding[];
}) {
  const said = words.posts.compose;
  const errors = check.findings.filter((one) => one.severity === 'error').length;
  let text: string = said.fine;
  if (draft.media.length === 0) text = said.notYet;
  else if (!isWhole(draft)) text = said.uploading;
  else if (check.isLooking && !check.isDone) text = said.checking;
  else if (errors > 0) text = said.notFine(errors);
  else if (check.findings.length > 0) text = said.warningsOnly;
  const isJudged = check.isDone && draft.media.length > 0 && isWhole(draft) && !check.problem;
  const tone = !isJudged ? 'none' : errors > 0 ? 'bad' : check.findings.length > 0 ? 'warn' : 'good';
  return (
    <Card title={said.check}>
      <div role="status" data-check={isJudged && !check.isLooking ? (errors > 0 ? 'bad' : 'good') : 'open'}>
        {check.problem ? <ProblemNote problem={check.problem} isAlert={false} /> : <Note tone={tone}><p>{text}</p></Note>}
      </div>
      {isJudged && errors > 0 && <div class="row"><Button isLittle onClick={showFirst}>{said.showIt}</Button></div>}
      <Findings findings={findings} />
    </Card>
  );
}

function Actions({ draft, post }: { draft: Draft; post: Post | null }) {
  const action = useAction();
  // What was tried last: a draft or not. What is missing for it is named until it is there.
  const [tried, setTried] = useState<'draft' | 'post' | null>(null);
  const wrong = tried === null ? [] : missing(draft, tried === 'draft');
  const said = words.posts.compose;
  const isKept = post === null || post.state === 'draft';
  const key = useRef<{ body: string; key: string } | null>(null);
  const save = (asDraft: boolean) => {
    setTried(asDraft ? 'draft' : 'post');
    if (missing(draft, asDraft).length > 0) return;
    void action.run(async () => {
      const saved = await savePost(draft, asDraft, post, key);
      forgetDraft();
      announce(asDraft ? said.draftSaved : !isKept ? said.saved : draft.when === 'now' ? said.sentOff : said.scheduled);
      go(postHref(saved.id));
    });
  };
  return (
    <Form onSubmit={() => save(false)}>
      {wrong.length > 0 && <Note tone="bad" isAlert>{wrong.map((text) => <p key={text}>{text}</p>)}</Note>}
      <ProblemNote problem={action.problem} />
      <div class="row">
        <Button kind="primary" isSubmit isBusy={action.isBusy}>{!isKept ? said.save : draft.when === 'now' ? said.postNow : said.schedule}</Button>
        {isKept && <Button isBusy={action.isBusy} onClick={() => save(true)}>{said.saveDraft}</Button>}
      </div>
    </Form>
  );
}
