// What is being composed: the fields of the composer, out of a post and into the request that makes or changes one.

import type { Finding, MediaFacts, MediumType, Post, PostKind, ProductTag, UserTag } from './post-types';
import type { LoginPath, ProblemJson } from './types';
import { browserZone, instantOf, wallTime } from './zones';

export interface DraftMedium {
  key: number; // of this page only
  type: MediumType;
  name: string;
  file: string | null; // its id, once it is with the service
  url: string;
  altText: string;
  tags: UserTag[];
  products: ProductTag[];
  local: File | null; // as it was chosen; shown without a look at the service
  size: number;
  sent: number;
  location: string | null; // where its upload stands
  problem: ProblemJson | null;
  facts: MediaFacts | null;
  original: Pick<DraftMedium, 'file' | 'local' | 'facts'> | null; // before it was converted
}

export type Trial = 'none' | 'manual' | 'performance';

export interface Draft {
  channel: string;
  kind: PostKind;
  media: DraftMedium[];
  caption: string;
  firstComment: string;
  locationId: string;
  collaborators: string[];
  isAi: boolean; // made or changed by an AI, which Meta wants to know
  coverFrom: 'frame' | 'picture';
  cover: DraftMedium | null;
  thumbOffset: string; // seconds, as typed
  shareToFeed: boolean;
  audioName: string;
  trial: Trial;
  when: 'at' | 'now';
  date: string; // "2026-12-24", of a wall clock in `zone`
  time: string; // "18:00"
  zone: string;
  loaded: LoadedTime | null; // the time of the post that is edited; of a new one and a copy there is none
}

// What the fields show of a post's time is less than the time: seconds are left out, of two equal times when clocks are set
// back either may be meant, and a post without a zone is shown in the browser's.
interface LoadedTime extends Pick<Draft, 'date' | 'time' | 'zone'> {
  instant: string;
  said: { at: string; zone?: string }; // as a request says it
}

let lastKey = 0;

export function newMedium(part: Partial<DraftMedium> & { type: MediumType }): DraftMedium {
  return {
    key: ++lastKey, name: '', file: null, url: '', altText: '', tags: [], products: [], local: null, size: 0, sent: 0,
    location: null, problem: null, facts: null, original: null, ...part,
  };
}

const HOUR_MS = 3_600_000;

// The next full hour that leaves at least an hour to think.
function soon(now: number, zone: string): { date: string; time: string } {
  const wall = wallTime(Math.ceil(now / HOUR_MS) * HOUR_MS + HOUR_MS, zone);
  return { date: wall.slice(0, 10), time: wall.slice(11, 16) };
}

export function emptyDraft(now: number, date: string | null = null): Draft {
  const zone = browserZone();
  const start = soon(now, zone);
  return {
    channel: '', kind: 'image', media: [], caption: '', firstComment: '', locationId: '', collaborators: [], isAi: false,
    coverFrom: 'frame', cover: null, thumbOffset: '', shareToFeed: true, audioName: '', trial: 'none', when: 'at', ...start,
    ...(date && date > start.date ? { date, time: '12:00' } : {}), zone, loaded: null,
  };
}

function mediumOf(type: MediumType, file: string | null, url: string | null, rest: Partial<DraftMedium> = {}): DraftMedium {
  return newMedium({ type, file, url: file ? '' : (url ?? ''), name: url ?? '', ...rest });
}

// A draft may have no time, or one that has passed.
export function isTimed(post: Post, now: number): boolean {
  return post.at !== null && (post.state !== 'draft' || Date.parse(post.at) > now);
}

// A copy keeps what is shown and leaves the time open; an edit keeps the time as well.
export function draftOf(post: Post, now: number, isCopy: boolean): Draft {
  const start = emptyDraft(now);
  const reel = post.reel ?? {};
  const { cover } = reel;
  const draft: Draft = {
    ...start,
    channel: post.channel,
    kind: post.kind,
    media: post.media.map((medium) =>
      mediumOf(medium.type, medium.file, medium.url, {
        altText: medium.alt_text ?? '', tags: medium.user_tags ?? [], products: medium.product_tags ?? [],
      })),
    caption: post.caption,
    firstComment: post.first_comment ?? '',
    locationId: post.location_id ?? '',
    collaborators: post.collaborators ?? [],
    isAi: post.ai_generated ?? false,
    coverFrom: cover ? 'picture' : 'frame',
    cover: cover ? (cover.startsWith('file_') ? mediumOf('image', cover, null) : mediumOf('image', null, cover)) : null,
    thumbOffset: typeof reel.thumb_offset_ms === 'number' ? String(reel.thumb_offset_ms / 1000) : '',
    shareToFeed: reel.share_to_feed ?? true,
    audioName: reel.audio_name ?? '',
    trial: reel.trial === 'manual' || reel.trial === 'performance' ? reel.trial : 'none',
  };
  if (isCopy || !post.at || !isTimed(post, now)) return draft;
  const zone = post.zone || start.zone;
  const wall = post.wall_time ?? wallTime(Date.parse(post.at), zone);
  const shown = { zone, date: wall.slice(0, 10), time: wall.slice(11, 16) };
  const said = post.zone && post.wall_time ? { at: post.wall_time, zone: post.zone } : { at: post.at };
  return { ...draft, ...shown, loaded: { ...shown, instant: post.at, said } };
}

// Nobody has touched the time of the post that is edited: it is exactly what it was.
function keptTime(draft: Draft): LoadedTime | null {
  const { loaded } = draft;
  const isSame = draft.when === 'at' && draft.date === loaded?.date && draft.time === loaded.time && draft.zone === loaded.zone;
  return isSame ? loaded : null;
}

// --- which fields a kind has (facts of Meta's: graph-api.md, 8.1) ---

export function mostMedia(kind: PostKind): number {
  return kind === 'carousel' ? 10 : 1;
}

export function takes(kind: PostKind, type: MediumType): boolean {
  if (kind === 'image') return type === 'image';
  return kind === 'reel' ? type === 'video' : true;
}

export function hasCaption(kind: PostKind): boolean {
  return kind !== 'story';
}

export function hasAltText(kind: PostKind, type: MediumType): boolean {
  return type === 'image' && (kind === 'image' || kind === 'carousel');
}

// Products are tagged on the Facebook login only.
export function hasProducts(kind: PostKind, login: LoginPath | undefined): boolean {
  return login === 'facebook' && kind !== 'story';
}

// People are tagged at a place of a picture; in a video they are only named.
export function hasPlaces(type: MediumType): boolean {
  return type === 'image';
}

// The kind that fits what is there, where it cannot stay as it is.
export function kindFor(kind: PostKind, media: readonly { type: MediumType }[]): PostKind {
  if (media.length > 1) return 'carousel';
  const only = media[0];
  if (only && !takes(kind, only.type)) return only.type === 'video' ? 'reel' : 'image';
  return kind;
}

export function isReady(medium: DraftMedium): boolean {
  return medium.file !== null || /^https?:\/\/\S+$/.test(medium.url);
}

export function isWhole(draft: Draft): boolean {
  return draft.media.every(isReady) && (draft.cover === null || draft.coverFrom !== 'picture' || isReady(draft.cover));
}

export function dueAt(draft: Draft): number {
  if (draft.when === 'now') return NaN;
  const kept = keptTime(draft);
  return kept ? Date.parse(kept.instant) : instantOf(`${draft.date}T${draft.time}`, draft.zone);
}

function pointer(medium: DraftMedium): object {
  return medium.file ? { file: medium.file } : { url: medium.url.trim() };
}

function mediumBody(medium: DraftMedium, kind: PostKind): object {
  const placed = <T extends { x?: number | null; y?: number | null }>({ x, y, ...tag }: T) =>
    hasPlaces(medium.type) ? { ...tag, x: x ?? 0.5, y: y ?? 0.5 } : tag;
  const tags = medium.tags.map(placed);
  const products = kind === 'story' ? [] : medium.products.map(placed);
  return {
    type: medium.type,
    ...pointer(medium),
    ...(hasAltText(kind, medium.type) && medium.altText.trim() ? { alt_text: medium.altText.trim() } : {}),
    ...(tags.length > 0 ? { user_tags: tags } : {}),
    ...(products.length > 0 ? { product_tags: products } : {}),
  };
}

function reelBody(draft: Draft): object {
  const cover = draft.coverFrom === 'picture' ? draft.cover : null;
  const seconds = Number(draft.thumbOffset.replace(',', '.'));
  const hasOffset = draft.coverFrom === 'frame' && draft.thumbOffset.trim() !== '' && Number.isFinite(seconds) && seconds >= 0;
  return {
    ...(cover ? { cover: cover.file ?? cover.url.trim() } : {}),
    ...(hasOffset ? { thumb_offset_ms: Math.round(seconds * 1000) } : {}),
    share_to_feed: draft.shareToFeed,
    ...(draft.audioName.trim() ? { audio_name: draft.audioName.trim() } : {}),
    ...(draft.trial === 'none' ? {} : { trial: draft.trial }),
  };
}

// The whole post: fields that are empty are said to be so, because a change leaves what is not named. So it leaves the time,
// where nobody has touched it. A post stays on its channel, and "now" is a time that replaces the one before.
export function changeOf(draft: Draft, asDraft: boolean, now: number): Record<string, unknown> {
  const { channel: _, at, zone, ...body } = bodyOf(draft, asDraft);
  if (draft.when === 'now') return { ...body, at: asDraft ? null : new Date(now).toISOString() };
  return keptTime(draft) || at === undefined ? body : { ...body, at, zone };
}

export function bodyOf(draft: Draft, asDraft: boolean): Record<string, unknown> {
  const isStory = draft.kind === 'story';
  const hasTime = draft.when === 'at' && !Number.isNaN(dueAt(draft));
  return {
    channel: draft.channel,
    kind: draft.kind,
    media: draft.media.map((medium) => mediumBody(medium, draft.kind)),
    caption: isStory ? '' : draft.caption,
    first_comment: isStory ? '' : draft.firstComment.trim(),
    location_id: draft.locationId.trim(),
    collaborators: isStory ? [] : draft.collaborators,
    ai_generated: draft.isAi,
    ...(draft.kind === 'reel' ? { reel: reelBody(draft) } : {}),
    ...(hasTime ? (keptTime(draft)?.said ?? { at: `${draft.date}T${draft.time}:00`, zone: draft.zone }) : {}),
    draft: asDraft,
  };
}

// --- where a finding belongs on the page ---

export type Place = 'medium' | 'cover' | 'caption' | 'when' | 'post';

export function placeOf(finding: Finding): Place {
  if (finding.medium !== null && finding.medium >= 0) return 'medium';
  if (/^cover-/.test(finding.rule)) return 'cover';
  if (/^(caption|first-comment)/.test(finding.rule)) return 'caption';
  return /^(time|schedule|zone|due)/.test(finding.rule) ? 'when' : 'post';
}

// --- kept in this window while it is unsent, so that a look elsewhere costs nothing ---

const KEPT = 'everlong:composing';

export function keepDraft(draft: Draft): void {
  try {
    const media = draft.media.filter(isReady).map((one) => ({ ...one, local: null }));
    const cover = draft.cover && isReady(draft.cover) ? { ...draft.cover, local: null } : null;
    sessionStorage.setItem(KEPT, JSON.stringify({ ...draft, media, cover }));
  } catch {
    // Without storage it is lost with the page; nothing else is.
  }
}

export function keptDraft(now: number): Draft | null {
  try {
    const value = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as Partial<Draft> | null;
    if (value === null || !Array.isArray(value.media)) return null;
    const again = (one: DraftMedium) => newMedium({ ...one, key: ++lastKey, original: null });
    return { ...emptyDraft(now), ...value, media: value.media.map(again), cover: value.cover ? again(value.cover) : null };
  } catch {
    return null;
  }
}

export function forgetDraft(): void {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // There was none.
  }
}
