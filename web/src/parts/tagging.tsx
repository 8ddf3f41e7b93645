// Names that belong to a post: people and products that are tagged in a picture or video, and collaborators.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { hasPlaces, type DraftMedium } from '../lib/draft';
import type { ProductTag, UserTag } from '../lib/post-types';
import { words } from '../words';
import { Button, Field } from './basics';
import { Picture } from './picture';

// As people write it, without what they put around it; null for what no account is called.
export function usernameOf(text: string): string | null {
  const name = text.trim().replace(/^@/, '');
  return /^[A-Za-z0-9._]{1,30}$/.test(name) ? name : null;
}

// The number that a catalogue shows for a product; null for what is none.
export function productOf(text: string): string | null {
  return /^\d{1,20}$/.test(text.trim()) ? text.trim() : null;
}

interface NameFieldProps {
  label: string;
  hint?: string;
  button: string;
  read?: (text: string) => string | null; // what is meant; null: nothing that could be
  wrong?: string; // what is said then
  onAdd: (name: string) => void;
}

// Enter adds the name; it does not send the form around it.
export function NameField({ label, hint, button, read = usernameOf, wrong = words.posts.compose.badName, onAdd }: NameFieldProps) {
  const [text, setText] = useState('');
  const [isTried, setTried] = useState(false);
  const name = read(text);
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
      <Field label={label} hint={hint} value={text} onInput={setText} wrong={isTried && !name ? wrong : null} />
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

interface TaggingProps<T> {
  medium: DraftMedium;
  onChange: (tags: T[]) => void;
}

export function Tagging({ medium, onChange }: TaggingProps<UserTag>) {
  const said = words.posts.compose;
  return (
    <Spots
      medium={medium} title={said.tags} sign="@" remove={said.tagRemove} spots={medium.tags.map(({ username, ...place }) => ({ name: username, ...place }))}
      onChange={(spots) => onChange(spots.map(({ name, ...place }) => ({ username: name, ...place })))}
      field={(add) => <NameField label={said.tagName} button={said.tagAdd} onAdd={add} />}
    />
  );
}

export function ProductTagging({ medium, onChange }: TaggingProps<ProductTag>) {
  const said = words.posts.compose;
  return (
    <Spots
      medium={medium} title={said.products} sign="" remove={said.productRemove}
      spots={medium.products.map(({ product_id, ...place }) => ({ name: product_id, ...place }))}
      onChange={(spots) => onChange(spots.map(({ name, ...place }) => ({ product_id: name, ...place })))}
      field={(add) => (
        <NameField label={said.productId} hint={said.productHint} button={said.tagAdd} read={productOf} wrong={said.badProduct} onAdd={add} />
      )}
    />
  );
}

// Who or what is tagged, and where in the picture.
interface Spot {
  name: string;
  x?: number | null;
  y?: number | null;
}

interface SpotsProps {
  medium: DraftMedium;
  title: string;
  sign: string; // in front of each name
  remove: (name: string) => string;
  field: (add: (name: string) => void) => JSX.Element;
  spots: readonly Spot[];
  onChange: (spots: Spot[]) => void;
}

function Spots({ medium, title, sign, remove, field, spots, onChange }: SpotsProps) {
  const said = words.posts.compose;
  const put = (name: string, part: Partial<Spot>) => onChange(spots.map((spot) => (spot.name === name ? { ...spot, ...part } : spot)));
  const add = (name: string) => {
    if (!spots.some((spot) => spot.name === name)) onChange([...spots, hasPlaces(medium.type) ? { name, x: 0.5, y: 0.5 } : { name }]);
  };
  // A press on the picture is a short way to what the sliders do; it moves the tag that was made last.
  const place = (event: JSX.TargetedMouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const last = spots[spots.length - 1];
    if (last) put(last.name, { x: share(event.clientX - box.left, box.width), y: share(event.clientY - box.top, box.height) });
  };
  return (
    <details class="small" open={spots.length > 0 ? true : undefined}>
      <summary>{title}{spots.length > 0 ? ` (${spots.length})` : ''}</summary>
      <div class="stack-close unfolded">
        {field(add)}
        {hasPlaces(medium.type) && spots.length > 0 && (
          <div class="tag-map" aria-hidden="true" onClick={place}>
            <Picture of={medium} label="" />
            {spots.map((spot) => (
              <span key={spot.name} class="tag-dot" style={{ left: `${(spot.x ?? 0.5) * 100}%`, top: `${(spot.y ?? 0.5) * 100}%` }}>
                {spot.name}
              </span>
            ))}
          </div>
        )}
        {spots.map(({ name, x, y }) => (
          <div key={name} class="tag-line">
            <span>{sign}{name}</span>
            <Button
              isLittle kind="plain" label={remove(name)}
              onClick={() => onChange(spots.filter((other) => other.name !== name))}
            >
              ✕
            </Button>
            {hasPlaces(medium.type) && (
              <>
                <Slider text={said.across} label={said.tagAcross(sign + name)} value={x ?? 0.5} onInput={(value) => put(name, { x: value })} />
                <Slider text={said.down} label={said.tagDown(sign + name)} value={y ?? 0.5} onInput={(value) => put(name, { y: value })} />
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
