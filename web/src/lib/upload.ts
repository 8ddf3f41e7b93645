// A client for resumable uploads (tus 1.0.0): a file goes to /v1/files piece by piece; after a break the service is asked
// how far it has come.

import { Problem, send } from './api';
import type { StoredFile } from './post-types';

// Small enough that a slow line shows progress and loses little; the service writes each to disk before it answers.
const PIECE_BYTES = 1024 * 1024;
// Breaks in a row, without a byte of progress between them, after which a person is asked: about two minutes.
const MOST_BREAKS = 8;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const TUS = { 'Tus-Resumable': '1.0.0' };

export interface UploadOptions {
  signal: AbortSignal;
  onProgress: (sent: number) => void;
  location?: string | null; // where an upload that was given up stands
  onLocation?: (location: string) => void;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

export function filePath(id: string, rest = ''): string {
  return `/v1/files/${encodeURIComponent(id)}${rest}`;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, stopped) => {
    const stop = () => {
      window.clearTimeout(timer);
      stopped(signal.reason as Error);
    };
    const timer = window.setTimeout(() => {
      signal.removeEventListener('abort', stop);
      done();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

// Worth another try: nothing came back, the service was busy, or it stands at another place than we thought.
function mayPass(thrown: unknown): boolean {
  if (!(thrown instanceof Problem)) return false;
  const { status } = thrown.json;
  return status === undefined || status === 408 || status === 409 || status === 423 || status === 429 || status >= 500;
}

function offsetOf(answer: Response): number {
  const offset = Number(answer.headers.get('Upload-Offset') ?? NaN);
  return Number.isSafeInteger(offset) && offset >= 0 ? offset : NaN;
}

async function create(file: File, signal: AbortSignal): Promise<string> {
  const metadata = [`filename ${base64(file.name)}`];
  if (file.type) metadata.push(`filetype ${base64(file.type)}`);
  const answer = await send('POST', '/v1/files', {
    headers: { ...TUS, 'Upload-Length': String(file.size), 'Upload-Metadata': metadata.join(',') },
    signal,
  });
  const location = answer.headers.get('Location') ?? '';
  // Whatever host the service believes itself to have: only the path counts.
  return new URL(location, window.location.origin).pathname;
}

async function whereItStands(location: string, signal: AbortSignal): Promise<number> {
  return offsetOf(await send('HEAD', location, { headers: TUS, signal }));
}

// Sends the whole file and gives what the service knows of it. Throws a Problem when it is given up, and the signal's
// reason when it was stopped.
export async function upload(file: File, { signal, onProgress, location = null, onLocation }: UploadOptions): Promise<StoredFile> {
  let breaks = 0;
  let offset = location === null ? 0 : NaN;
  for (;;) {
    try {
      if (location === null) {
        location = await create(file, signal);
        onLocation?.(location);
      }
      if (Number.isNaN(offset)) offset = await whereItStands(location, signal);
      if (offset >= file.size) {
        onProgress(file.size);
        const answer = await send('GET', location, { signal });
        return (await answer.json()) as StoredFile;
      }
      onProgress(offset);
      const answer = await send('PATCH', location, {
        headers: { ...TUS, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
        body: file.slice(offset, offset + PIECE_BYTES),
        signal,
      });
      offset = offsetOf(answer);
      breaks = 0;
    } catch (thrown) {
      if (signal.aborted || !mayPass(thrown) || ++breaks > MOST_BREAKS) throw thrown;
      offset = location === null ? 0 : NaN;
      await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (breaks - 1)), signal);
    }
  }
}
