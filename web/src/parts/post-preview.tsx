// A post as Instagram would show it: cropped to the shapes that its feed knows, the caption folded.

import { useEffect, useId, useState } from 'preact/hooks';
import { folded } from '../lib/caption';
import type { PostKind } from '../lib/post-types';
import { words } from '../words';
import { Picture, type Shown } from './picture';

// Width by height: nothing taller or wider is shown in the feed.
const TALLEST = 4 / 5;
const WIDEST = 1.91;
const UPRIGHT = 9 / 16;
const PROFILE = 3 / 4;

export interface PreviewProps {
  kind: PostKind;
  username: string;
  media: readonly (Shown & { key: string | number; altText: string })[];
  caption: string;
  audioName: string;
  isTrial?: boolean;
  isAi?: boolean;
}

export function PostPreview(props: PreviewProps) {
  const [isGrid, setGrid] = useState(false);
  const said = words.posts.preview;
  const isUpright = props.kind === 'reel' || props.kind === 'story';
  const name = useId();
  return (
    <section class="stack-close" aria-label={said.label}>
      {props.kind !== 'story' && (
        <fieldset class="segments" aria-label={said.views}>
          {[false, true].map((value) => (
            <label key={String(value)}>
              <input type="radio" name={name} checked={isGrid === value} onChange={() => setGrid(value)} />
              <span>{value ? said.grid : props.kind === 'reel' ? words.posts.kind('reel') : said.feed}</span>
            </label>
          ))}
        </fieldset>
      )}
      {isGrid && props.kind !== 'story' ? <Grid {...props} /> : isUpright ? <Upright {...props} /> : <Feed {...props} />}
    </section>
  );
}

function Nothing() {
  return <span class="picture unseen"><span class="unseen-text">{words.posts.preview.nothing}</span></span>;
}

function Who({ username, isAi = false }: { username: string; isAi?: boolean }) {
  return (
    <div class="ig-who">
      <span class="ig-face" aria-hidden="true">{username.slice(0, 1).toUpperCase() || '·'}</span>
      <span class="ig-name">
        <strong>{username}</strong>
        {isAi && <span class="ig-ai">{words.posts.preview.ai}</span>}
      </span>
    </div>
  );
}

function labelOf(one: PreviewProps['media'][number]): string {
  return one.altText || words.posts.mediumOf(one.type);
}

function Feed({ kind, username, media, caption, isAi }: PreviewProps) {
  const [index, setIndex] = useState(0);
  const [ratios, setRatios] = useState<Record<string, number>>({});
  const said = words.posts.preview;
  const at = Math.min(index, Math.max(0, media.length - 1));
  const shown = media[at];
  const first = media[0];
  // A carousel takes the shape of its first item.
  const natural = (first && ratios[first.key]) ?? 1;
  const ratio = Math.min(WIDEST, Math.max(TALLEST, natural));
  const shapeOf = (key: string | number) => (value: number) =>
    setRatios((before) => (before[key] === value ? before : { ...before, [key]: value }));
  return (
    <div class="ig">
      <Who username={username} isAi={isAi} />
      <div class="ig-frame" style={{ aspectRatio: String(ratio) }} data-ratio={ratio.toFixed(3)}>
        {shown ? <Picture key={shown.key} of={shown} label={labelOf(shown)} onShape={shapeOf(shown.key)} isPlayable /> : <Nothing />}
        {media.length > 1 && (
          <>
            <span class="ig-count">{said.of(at + 1, media.length)}</span>
            {at > 0 && <button type="button" class="ig-turn before" aria-label={said.previous} onClick={() => setIndex(at - 1)}>‹</button>}
            {at < media.length - 1 && (
              <button type="button" class="ig-turn after" aria-label={said.next} onClick={() => setIndex(at + 1)}>›</button>
            )}
          </>
        )}
        {/* The first gives the shape, also while another is shown. */}
        {at > 0 && first && ratios[first.key] === undefined && (
          <span class="for-readers" aria-hidden="true"><Picture of={first} label="" onShape={shapeOf(first.key)} /></span>
        )}
      </div>
      <div class="ig-marks" aria-hidden="true">
        <svg viewBox="0 0 24 24"><path d="M12 20C7 16 3.5 13 3.5 9.2A4.6 4.6 0 0 1 12 6.8a4.6 4.6 0 0 1 8.500 2.400C20.500 13 17 16 12 20z" /></svg>
        <svg viewBox="0 0 24 24"><path d="M20 12a8 8 0 1 0-3.200 6.400L20.500 20l-1-4.300A8 8 0 0 0 20 12z" /></svg>
        <svg viewBox="0 0 24 24"><path d="M21 3 3 10l7 3 4 8zM10 13 21 3" /></svg>
        {media.length > 1 && (
          <span class="ig-dots">{media.map((one, dot) => <i key={one.key} class={dot === at ? 'here' : ''} />)}</span>
        )}
      </div>
      <Caption username={username} caption={caption} />
      <div class="ig-soft">{said.now}</div>
      {kind === 'carousel' && media.length > 1 && <p class="for-readers">{said.cropped}</p>}
    </div>
  );
}

function Caption({ username, caption }: { username: string; caption: string }) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [caption === '']);
  const said = words.posts.preview;
  if (caption.trim() === '') return null;
  const short = folded(caption);
  return (
    <p class="ig-caption">
      <strong>{username}</strong> {isOpen || short === null ? caption : `${short} … `}
      {short !== null && (
        <button type="button" class="ig-more" aria-expanded={isOpen} aria-label={isOpen ? said.lessLabel : said.moreLabel} onClick={() => setOpen(!isOpen)}>
          {isOpen ? said.less : said.more}
        </button>
      )}
    </p>
  );
}

function Upright({ kind, username, media, caption, audioName, isTrial, isAi }: PreviewProps) {
  const shown = media[0];
  const said = words.posts.preview;
  const line = folded(caption);
  return (
    <div class="ig upright">
      <div class="ig-frame" style={{ aspectRatio: String(UPRIGHT) }} data-ratio={UPRIGHT.toFixed(3)}>
        {shown ? <Picture key={shown.key} of={shown} label={labelOf(shown)} /> : <Nothing />}
        {kind === 'story' && <div class="ig-over above"><span class="ig-line" aria-hidden="true" /><Who username={username} isAi={isAi} /></div>}
        {kind === 'reel' && (
          <div class="ig-over below">
            <Who username={username} isAi={isAi} />
            {caption.trim() !== '' && <p class="ig-one-line">{line === null ? caption : `${line}… `}</p>}
            <p class="ig-one-line">♪ {audioName || said.audio}{isTrial ? ` · ${said.trial}` : ''}</p>
          </div>
        )}
      </div>
    </div>
  );
}

// The profile: where the tile among others is cropped once more.
function Grid({ media, kind }: PreviewProps) {
  const shown = media[0];
  return (
    <div class="ig">
      <div class="ig-grid">
        <div class="ig-frame" style={{ aspectRatio: String(PROFILE) }}>
          {shown ? <Picture key={shown.key} of={shown} label={labelOf(shown)} /> : <Nothing />}
          {kind === 'carousel' && media.length > 1 && <span class="ig-count" aria-hidden="true">❐</span>}
          {kind === 'reel' && <span class="ig-count" aria-hidden="true">▶</span>}
        </div>
        {[1, 2, 3, 4, 5].map((tile) => <div key={tile} class="ig-frame other" style={{ aspectRatio: String(PROFILE) }} />)}
      </div>
    </div>
  );
}
