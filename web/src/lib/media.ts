// The pictures and videos of a post that is being composed, and their uploads.

import { useCallback, useEffect, useRef } from 'preact/hooks';
import { api, problemOf } from './api';
import { newMedium, type DraftMedium } from './draft';
import type { MediumType, PostKind, StoredFile } from './post-types';
import { filePath, upload } from './upload';

type Change = (key: number, part: Partial<DraftMedium>) => void;

const VIDEO_NAME = /\.(mp4|mov|m4v|webm|mkv|avi|mpe?g)$/i;
const IMAGE_NAME = /\.(jpe?g|png|webp|heic|heif|avif|gif|tiff?|bmp|jxl)$/i;

// By what the browser says, else by the name: HEIC has no type in most of them. Null: neither picture nor video.
export function typeOfFile(file: { name: string; type: string }): MediumType | null {
  if (file.type.startsWith('image/')) return 'image';
  if (file.type.startsWith('video/')) return 'video';
  if (IMAGE_NAME.test(file.name)) return 'image';
  return VIDEO_NAME.test(file.name) ? 'video' : null;
}

export function typeOfAddress(address: string): MediumType {
  try {
    return VIDEO_NAME.test(new URL(address).pathname) ? 'video' : 'image';
  } catch {
    return 'image';
  }
}

export function mediumOfFile(file: File): DraftMedium | null {
  const type = typeOfFile(file);
  return type && newMedium({ type, name: file.name, local: file, size: file.size });
}

// Sends what was chosen; what comes of it is told by `change`. All of it is stopped when its screen goes.
export function useUploads(change: Change): { start: (medium: DraftMedium) => void; stop: (key: number) => void } {
  const running = useRef(new Map<number, AbortController>());
  const latest = useRef(change);
  latest.current = change;
  useEffect(() => {
    const all = running.current;
    return () => all.forEach((one) => one.abort());
  }, []);
  const stop = useCallback((key: number) => {
    running.current.get(key)?.abort();
    running.current.delete(key);
  }, []);
  const start = useCallback((medium: DraftMedium) => {
    const { key, local } = medium;
    if (!local || medium.file) return;
    running.current.get(key)?.abort();
    const controller = new AbortController();
    running.current.set(key, controller);
    latest.current(key, { problem: null });
    upload(local, {
      signal: controller.signal,
      location: medium.location,
      onLocation: (location) => latest.current(key, { location }),
      onProgress: (sent) => latest.current(key, { sent }),
    }).then(
      (file) => {
        if (controller.signal.aborted) return;
        latest.current(key, {
          file: file.id, sent: local.size, facts: file.facts, ...(file.facts?.type ? { type: file.facts.type } : {}),
        });
      },
      (thrown: unknown) => {
        if (!controller.signal.aborted) latest.current(key, { problem: problemOf(thrown) });
      },
    );
  }, []);
  return { start, stop };
}

// Files that came by a drop or out of the clipboard.
export function filesOf(data: DataTransfer | null): File[] {
  return data ? [...data.files] : [];
}

// Lets the service convert a picture by the rules of its post, and takes what comes of it in its place.
export async function fixed(medium: DraftMedium, kind: PostKind | 'cover', fit: string): Promise<Partial<DraftMedium>> {
  const file = await api.post<StoredFile>(filePath(medium.file ?? '', '/fix'), { kind, fit });
  const { local, facts } = medium;
  return { file: file.id, local: null, facts: file.facts, original: medium.original ?? { file: medium.file, local, facts } };
}
