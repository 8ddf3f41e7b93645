// Posts and files in the JSON of the service, as far as the page reads it (docs/http-api.md, /openapi.json).

import type { ProblemJson } from './types';

export const KINDS = ['image', 'carousel', 'reel', 'story'] as const;
export type PostKind = (typeof KINDS)[number];

// In the order of a post's life.
export const STATES = [
  'draft', 'scheduled', 'checking', 'containers', 'waiting', 'ready', 'publishing', 'published', 'uncertain', 'held', 'failed',
  'cancelled',
] as const;
export type PostState = (typeof STATES)[number];
export const NEEDS_PERSON: readonly PostState[] = ['held', 'uncertain', 'failed'];

export type MediumType = 'image' | 'video';

export interface UserTag {
  username: string;
  x?: number | null; // shares of width and height from the upper left corner, 0 to 1
  y?: number | null;
}

export interface ProductTag {
  product_id: string;
  x?: number | null; // as of people
  y?: number | null;
}

export interface PostMedium {
  type: MediumType;
  file: string | null;
  url: string | null;
  alt_text: string | null;
  user_tags: UserTag[];
  product_tags: ProductTag[];
}

export interface Finding {
  rule: string;
  severity: 'error' | 'warning';
  medium: number | null;
  title: string; // what is wrong
  why: string;
  what_to_do: string;
  measured: string | null;
  wanted: string | null;
  fixable: boolean;
}

export interface TimelineEntry {
  at: string;
  event: string;
  call: string | null;
  detail: string | null;
  text: string | null;
  state: PostState;
  problem: ProblemJson | null;
}

export interface Reel {
  cover: string | null; // the id of a file, or an address
  thumb_offset_ms: number | null;
  share_to_feed: boolean | null;
  audio_name: string | null;
  trial: string | null;
}

export interface Post {
  id: string;
  channel: string;
  kind: PostKind;
  state: PostState;
  caption: string;
  at: string | null;
  zone: string | null;
  wall_time: string | null;
  media: PostMedium[];
  first_comment: string | null;
  location_id: string | null;
  collaborators: string[];
  reel: Partial<Reel> | null;
  ai_generated: boolean;
  container_id: string | null;
  media_id: string | null;
  permalink: string | null;
  cause: string | null;
  remedy: string | null;
  title: string | null;
  what_happened: string | null;
  what_to_do: string | null;
  problem: ProblemJson | null;
  findings: Finding[];
  timeline?: TimelineEntry[];
  unreadable?: string[]; // only of a post whose row is damaged: the parts that are shown as of an empty one
  late_s: number | null;
  next_attempt_at: string | null;
  published_at?: string | null;
  created_at: string;
}

export interface PostList {
  posts: Post[];
  next: string | null;
}

export interface MediaFacts {
  type: MediumType | null; // null: neither, as far as anybody here can read it
  format: string | null;
  width: number;
  height: number;
  problem: string | null;
  video: { duration_ms: number } | null;
}

export interface StoredFile {
  id: string;
  name: string | null;
  size: number;
  received: number;
  whole: boolean;
  sha256: string | null;
  facts: MediaFacts | null; // null until it was looked at
}
