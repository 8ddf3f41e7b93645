// Pictures and videos that tests bring along, made where they are needed.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Skip } from './support.mjs';

const FFMPEG = process.env.EVERLONG_FFMPEG ?? '/usr/bin/ffmpeg';

function ffmpeg(path, args) {
  if (!existsSync(FFMPEG)) throw new Skip(`${FFMPEG} is not installed (tools/setup test)`);
  execFileSync(FFMPEG, ['-v', 'error', ...args, '-y', path], { stdio: ['ignore', 'ignore', 'pipe'] });
  return path;
}

// JPEG or PNG, by the name; each colour of its own, so that they can be told apart on a picture of the page.
export function picture(folder, name, { width = 1080, height = 1080, from = '#c97b3a', to = '#f3e2c0' } = {}) {
  mkdirSync(folder, { recursive: true });
  const colours = `gradients=s=${width}x${height}:c0=${from}:c1=${to}:x0=0:y0=0:x1=${width}:y1=${height}:d=1`;
  return ffmpeg(join(folder, name), ['-f', 'lavfi', '-i', colours, '-frames:v', '1', '-q:v', '3']);
}

// As Meta wants them: H.264 and AAC, the index in front.
export function video(folder, name, { seconds = 4, size = '540x960', rate = '1M' } = {}) {
  mkdirSync(folder, { recursive: true });
  return ffmpeg(join(folder, name), [
    '-f', 'lavfi', '-i', `testsrc2=s=${size}:d=${seconds}:r=30`, '-f', 'lavfi', '-i', `sine=frequency=330:sample_rate=48000:d=${seconds}`,
    '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', rate, '-pix_fmt', 'yuv420p', '-g', '30', '-flags', '+cgop', '-c:a', 'aac', '-b:a', '96k',
    '-shortest', '-movflags', '+faststart', '-use_editlist', '0',
  ]);
}

// A DataTransfer of the page with these files in it, as a drop or the clipboard brings them.
export async function transferOf(page, paths) {
  const files = paths.map((path) => ({ name: basename(path), data: readFileSync(path).toString('base64'),
    type: { '.jpg': 'image/jpeg', '.png': 'image/png', '.mp4': 'video/mp4' }[path.slice(-4)] ?? '' }));
  return page.evaluateHandle((all) => {
    const transfer = new DataTransfer();
    for (const { name, data, type } of all) {
      transfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name, { type }));
    }
    return transfer;
  }, files);
}
