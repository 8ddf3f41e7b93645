// A picture or video as far as this page may show it: its policy admits our own files and nothing else. What was chosen
// here is painted on a canvas, which needs no address; what the service has comes from there; what stands elsewhere is
// only named.

import { useEffect, useRef, useState } from 'preact/hooks';
import { filePath } from '../lib/upload';
import type { MediumType } from '../lib/post-types';
import { words } from '../words';

export interface Shown {
  type: MediumType;
  local?: File | null;
  file: string | null;
  url: string | null;
}

// Wide enough for any place of this page on a screen of two pixels a point.
const MOST_PIXELS = 1200;

interface PictureProps {
  of: Shown;
  label: string; // for those who do not see it; '' where it stands beside its name
  onShape?: (ratio: number) => void; // width by height, once known
  isPlayable?: boolean;
}

export function Picture(props: PictureProps) {
  const { of } = props;
  const [hasFailed, setFailed] = useState(false);
  const key = of.local ? of.local : (of.file ?? of.url);
  useEffect(() => setFailed(false), [key]);
  if (of.local && of.type === 'image' && !hasFailed) return <Painted {...props} file={of.local} onFail={() => setFailed(true)} />;
  if (of.file && (!hasFailed || of.local)) return <Stored key={of.file} {...props} id={of.file} />;
  return <Unseen of={of} label={props.label} />;
}

function Painted({ file, label, onShape, onFail }: PictureProps & { file: File; onFail: () => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef({ onShape, onFail });
  latest.current = { onShape, onFail };
  useEffect(() => {
    let isGone = false;
    createImageBitmap(file).then(
      (bitmap) => {
        const element = canvas.current;
        if (!isGone && element) {
          const scale = Math.min(1, MOST_PIXELS / Math.max(bitmap.width, bitmap.height));
          element.width = Math.max(1, Math.round(bitmap.width * scale));
          element.height = Math.max(1, Math.round(bitmap.height * scale));
          element.getContext('2d')?.drawImage(bitmap, 0, 0, element.width, element.height);
          latest.current.onShape?.(bitmap.width / bitmap.height);
        }
        bitmap.close();
      },
      () => {
        if (!isGone) latest.current.onFail();
      },
    );
    return () => {
      isGone = true;
    };
  }, [file]);
  return label ? <canvas ref={canvas} class="picture" role="img" aria-label={label} /> : <canvas ref={canvas} class="picture" aria-hidden="true" />;
}

function Stored({ id, of, label, onShape, isPlayable }: PictureProps & { id: string }) {
  const [hasFailed, setFailed] = useState(false);
  const address = filePath(id, '/content');
  const tell = (width: number, height: number) => {
    if (width > 0 && height > 0) onShape?.(width / height);
  };
  if (hasFailed) return <Unseen of={of} label={label} />;
  if (of.type === 'image') {
    return (
      <img
        class="picture" src={address} alt={label} loading="lazy" decoding="async"
        onLoad={(event) => tell(event.currentTarget.naturalWidth, event.currentTarget.naturalHeight)}
        onError={() => setFailed(true)}
      />
    );
  }
  return (
    <video
      class="picture" src={address} aria-label={label || undefined} aria-hidden={label ? undefined : 'true'} preload="metadata" muted
      playsInline controls={isPlayable} tabIndex={isPlayable ? undefined : -1}
      onLoadedMetadata={(event) => tell(event.currentTarget.videoWidth, event.currentTarget.videoHeight)}
      onError={() => setFailed(true)}
    />
  );
}

function Unseen({ of, label }: { of: Shown; label: string }) {
  const said = words.posts.preview;
  const why = of.type === 'video' && !of.url ? '' : of.url ? said.elsewhere : of.type === 'video' ? '' : said.unreadable;
  return (
    <span class="picture unseen" role={label ? 'img' : undefined} aria-label={label || undefined} aria-hidden={label ? undefined : 'true'}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        {of.type === 'video' ? (
          <path d="M4 5h11v14H4zM15 10l5-3v10l-5-3" />
        ) : (
          <path d="M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01" />
        )}
      </svg>
      <span class="unseen-text">{words.posts.mediumOf(of.type)}{why && <><br />{why}</>}</span>
    </span>
  );
}
