// A table of posts: what is sent of it, what comes back, and a sample that fits the channel and the day. The service reads
// the table; nothing of CSV is read here.

import { send } from './api';
import { serverNow } from './live';
import type { Post } from './post-types';
import type { ProblemJson } from './types';
import { addDays, today } from './zones';

export interface ImportRow {
  line: number; // where it begins in the table, from 1
  ok: boolean;
  created: boolean;
  existing: boolean; // it had made its post before
  caption: string | null; // as it stands in the table
  post: Post | null;
  problem: ProblemJson | null;
}

export interface ImportAnswer {
  check: boolean;
  created: number;
  existing: number;
  failed: number;
  rows: ImportRow[];
}

export interface ImportWish {
  table: string;
  files: Record<string, string>; // names in the table, and the ids of their files
  channel: string; // of rows without one; '' for none
  zone: string; // of times without one
}

// A body has at most 1 MiB, and as JSON a table grows by its quotes and line ends.
export const MOST_BYTES = 900_000;

const STORED_IN_PART = 422; // the rows say which

// `once`: a row that has made its post is known again, also in a table that was corrected since.
export async function importTable(wish: ImportWish, isCheck: boolean): Promise<ImportAnswer> {
  const query = new URLSearchParams({ once: 'true', partial: 'true', zone: wish.zone });
  if (isCheck) query.set('check', 'true');
  if (wish.channel) query.set('channel', wish.channel);
  const response = await send('POST', `/v1/posts/import?${query}`, {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ table: wish.table, files: wish.files }),
    isAnswer: (status, value) => status === STORED_IN_PART && typeof value === 'object' && value !== null && 'rows' in value,
  });
  return (await response.json()) as ImportAnswer;
}

// Null where it is no UTF-8: read as if it were, its letters would come out as others, and be posted so. Throws where the
// file has gone since it was chosen.
export async function textOf(file: File): Promise<string | null> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

// What the service's clock and this one may differ by.
const CLOCKS_MS = 60_000;

// A row without a time has that of the look at it.
export function isAtOnce(post: Post): boolean {
  return post.state !== 'draft' && !post.wall_time && Date.parse(post.at ?? '') <= serverNow() + CLOCKS_MS;
}

export function isTable(file: { name: string; type: string }): boolean {
  return /\.(csv|tsv|txt)$/i.test(file.name) || file.type === 'text/csv';
}

function cell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

// Spreadsheets take a table for UTF-8 by the mark at its beginning.
const BYTE_ORDER_MARK = '\ufeff';

export function sampleTable(channel: string, zone: string): string {
  const first = addDays(today(), 1);
  const rows = [
    ['channel', 'kind', 'media', 'caption', 'at', 'zone', 'alt_text', 'first_comment'],
    [channel, 'image', 'croissant.jpg', 'Good morning!\nFresh until noon. #breakfast', `${first}T09:00`, zone, 'A croissant on a blue plate', 'See you there'],
    [channel, 'carousel', 'https://cdn.example.org/one.jpg https://cdn.example.org/two.jpg', 'Two of them', `${addDays(first, 1)}T18:00`, zone, 'A cup|A window', ''],
    [channel, 'reel', 'https://cdn.example.org/film.mp4', 'How it is made', `${addDays(first, 2)}T18:00`, zone, '', ''],
  ];
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
