// Names that belong to a post: people who are tagged in a picture or video, and collaborators.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { hasPlaces, type DraftMedium } from '../lib/draft';
import type { UserTag } from '../lib/post-types';
import { words } from '../words';
import { Button, Field } from './basics';
import { Picture } from './picture';

// As people write it, without what they put around it; null for what no account is called.
export function usernameOf(text: string): string | null {
  const name = text.trim().replace(/^@/, '');
  return /^[A-Za-z0-9._]{1,30}$/.test(name) ? name : null;
}

interface NameFieldProps {
  label: string;
  hint?: string;
  button: string;
  onAdd: (name: string) => void;
}

// Enter adds the name; it does not send the form around it.
export function NameField({ label, hint, button, onAdd }: NameFieldProps) {
  const [text, setText] = useState('');
  const [isTried, setTried] = useState(false);
  const name = usernameOf(text);
  const add = () => {
    setTried(true);
    if (!name) return;
    onAdd(name);
    setText('');
    setTried(false);
  };
  return (
    <div
      class="name-field"
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement)) return;
        event.preventDefault();
        add();
      }}
    >
      <Field label={label} hint={hint} value={text} onInput={setText} wrong={isTried && !name ? words.posts.compose.badName : null} />
      <Button onClick={add} label={`${button}: ${label}`}>{button}</Button>
    </div>
  );
}

export function Names({ names, removeLabel, onRemove }: { names: readonly string[]; removeLabel: (name: string) => string; onRemove: (name: string) => void }) {
  if (names.length === 0) return null;
  return (
    <ul class="names">
      {names.map((name) => (
        <li key={name}>@{name} <Button isLittle kind="plain" label={removeLabel(name)} onClick={() => onRemove(name)}>✕</Button></li>
      ))}
    </ul>
  );
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.round(Math.min(1, Math.max(0, part / whole)) * 100) / 100 : 0;
}

export function Tagging({ medium, onChange }: { medium: DraftMedium; onChange: (tags: UserTag[]) => void }) {
  const said = words.posts.compose;
  const { tags } = medium;
  const put = (name: string, part: Partial<UserTag>) => onChange(tags.map((tag) => (tag.username === name ? { ...tag, ...part } : tag)));
  const add = (name: string) => {
    if (!tags.some((tag) => tag.username === name)) onChange([...tags, hasPlaces(medium.type) ? { username: name, x: 0.5, y: 0.5 } : { username: name }]);
  };
  // A press on the picture is a short way to what the sliders do; it moves the tag that was made last.
  const place = (event: JSX.TargetedMouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const last = tags[tags.length - 1];
    if (last) put(last.username, { x: share(event.clientX - box.left, box.width), y: share(event.clientY - box.top, box.height) });
  };
  return (
    <details class="small" open={tags.length > 0 ? true : undefined}>
      <summary>{said.tags}{tags.length > 0 ? ` (${tags.length})` : ''}</summary>
      <div class="stack-close unfolded">
        <NameField label={said.tagName} button={said.tagAdd} onAdd={add} />
        {hasPlaces(medium.type) && tags.length > 0 && (
          <div class="tag-map" aria-hidden="true" onClick={place}>
            <Picture of={medium} label="" />
            {tags.map((tag) => (
              <span key={tag.username} class="tag-dot" style={{ left: `${(tag.x ?? 0.5) * 100}%`, top: `${(tag.y ?? 0.5) * 100}%` }}>
                {tag.username}
              </span>
            ))}
          </div>
        )}
        {tags.map((tag) => (
          <div key={tag.username} class="tag-line">
            <span>@{tag.username}</span>
            <Button
              isLittle kind="plain" label={said.tagRemove(tag.username)}
              onClick={() => onChange(tags.filter((other) => other.username !== tag.username))}
            >
              ✕
            </Button>
            {hasPlaces(medium.type) && (
              <>
                <Slider text={said.across} label={said.tagAcross(tag.username)} value={tag.x ?? 0.5} onInput={(x) => put(tag.username, { x })} />
                <Slider text={said.down} label={said.tagDown(tag.username)} value={tag.y ?? 0.5} onInput={(y) => put(tag.username, { y })} />
              </>
            )}
          </div>
        ))}
      </div>
    </details>
  );
}

function Slider({ text, label, value, onInput }: { text: string; label: string; value: number; onInput: (value: number) => void }) {
  return (
    <label>
      <span class="soft">{text}</span>
      <input
        type="range" min={0} max={100} step={1} aria-label={label} value={Math.round(value * 100)}
        onInput={(event) => onInput(Number(event.currentTarget.value) / 100)}
      />
    </label>
  );
}
