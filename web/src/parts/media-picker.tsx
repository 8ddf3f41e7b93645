// Where the pictures and videos of a post come from: chosen, dropped or pasted, or by their address; and what is said of
// each of them.

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { LIMITS } from '../lib/caption';
import { hasAltText, hasProducts, newMedium, type DraftMedium } from '../lib/draft';
import { filesOf, fixed, mediumOfFile, typeOfAddress } from '../lib/media';
import type { Finding, MediumType, PostKind } from '../lib/post-types';
import { words } from '../words';
import { Button, Field, Note, ProblemNote, Select } from './basics';
import { DropZone } from './drop-zone';
import { announce } from './live-region';
import { Findings } from './post-parts';
import { Picture } from './picture';
import type { LoginPath } from '../lib/types';
import { ProductTagging, Tagging } from './tagging';

export const CHOOSE_ID = 'choose-files';

interface PickerProps {
  accept: string;
  isSeveral: boolean;
  takesPaste: boolean; // anywhere on the page
  onAdd: (media: DraftMedium[]) => void;
}

export function Picker({ accept, isSeveral, takesPaste, onAdd }: PickerProps) {
  const said = words.posts.compose;
  const [refused, setRefused] = useState<string[]>([]);
  const [isByAddress, setByAddress] = useState(false);
  const take = (files: readonly File[]) => {
    const added: DraftMedium[] = [];
    const wrong: string[] = [];
    for (const file of files) {
      const medium = mediumOfFile(file);
      if (!medium) wrong.push(said.notMedia(file.name));
      else if (file.size === 0) wrong.push(said.isEmpty(file.name));
      else added.push(medium);
    }
    setRefused(wrong);
    if (added.length > 0) onAdd(added);
  };
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    if (!takesPaste) return undefined;
    const paste = (event: ClipboardEvent) => {
      const files = filesOf(event.clipboardData);
      if (files.length === 0) return;
      event.preventDefault();
      latest.current(files);
    };
    document.addEventListener('paste', paste);
    return () => document.removeEventListener('paste', paste);
  }, [takesPaste]);
  return (
    <div class="stack-close">
      <DropZone
        id={takesPaste ? CHOOSE_ID : undefined} says={takesPaste ? said.drop : said.dropOne} chooses={isSeveral ? said.choose : said.chooseOne}
        accept={accept} isSeveral={isSeveral} take={take}
      >
        <Button isLittle kind="plain" onClick={() => setByAddress(!isByAddress)}>{said.byAddress}</Button>
      </DropZone>
      {isByAddress && (
        <ByAddress
          onAdd={(medium) => {
            setByAddress(false);
            onAdd([medium]);
          }}
        />
      )}
      {refused.length > 0 && <Note tone="bad" isAlert>{refused.map((text) => <p key={text}>{text}</p>)}</Note>}
    </div>
  );
}

function ByAddress({ onAdd }: { onAdd: (medium: DraftMedium) => void }) {
  const said = words.posts.compose;
  const [address, setAddress] = useState('');
  const [type, setType] = useState<MediumType | null>(null);
  const [isTried, setTried] = useState(false);
  const isGood = /^https?:\/\/[^\s/]+\S*$/.test(address.trim());
  const add = () => {
    setTried(true);
    if (!isGood) return;
    const url = address.trim();
    onAdd(newMedium({ type: type ?? typeOfAddress(url), url, name: url }));
  };
  return (
    <div class="sub stack-close">
      <Field
        label={said.address} hint={said.addressHint} value={address} onInput={setAddress} name="media-address" isFocused
        wrong={isTried && !isGood ? said.badAddress : null} placeholder="https://"
      />
      <div class="row">
        <Select
          label={said.addressType} value={type ?? typeOfAddress(address)} onChange={(value) => setType(value as MediumType)}
          options={(['image', 'video'] as const).map((value) => ({ value, label: words.posts.mediumOf(value) }))}
        />
        <Button onClick={add}>{said.addAddressOf}</Button>
      </div>
    </div>
  );
}

export interface MediumItemProps {
  medium: DraftMedium;
  kind: PostKind | 'cover';
  login?: LoginPath; // of the channel that it goes out on
  index: number;
  all: number;
  findings: readonly Finding[];
  onChange: (part: Partial<DraftMedium>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
  onRetry: () => void;
}

export function moverId(key: number, by: -1 | 1): string {
  return `move-${key}-${by > 0 ? 'later' : 'earlier'}`;
}

function nameOf(medium: DraftMedium): string {
  return medium.name || medium.file || words.posts.mediumOf(medium.type);
}

export function MediumItem({ medium, kind, login, index, all, findings, onChange, onMove, onRemove, onRetry }: MediumItemProps) {
  const said = words.posts.compose;
  const name = nameOf(medium);
  const isSending = medium.local !== null && medium.file === null && medium.problem === null;
  const isTaggable = kind !== 'cover';
  const { facts } = medium;
  return (
    <li class="medium" data-medium={index} data-ready={medium.file !== null || medium.url !== ''}>
      <div class="thumb"><Picture of={medium} label="" /></div>
      <div class="medium-text stack-close">
        <div class="row apart">
          <span class="medium-name">{all > 1 ? `${index + 1}. ` : ''}{name}</span>
          <span class="row tight">
            {all > 1 && (
              <>
                <Button isLittle id={moverId(medium.key, -1)} label={said.earlier(name)} isBusy={index === 0} onClick={() => onMove(-1)}>↑</Button>
                <Button isLittle id={moverId(medium.key, 1)} label={said.later(name)} isBusy={index === all - 1} onClick={() => onMove(1)}>↓</Button>
              </>
            )}
            <Button isLittle label={said.remove(name)} onClick={onRemove}>✕</Button>
          </span>
        </div>
        {facts?.width && facts.height ? (
          <span class="small soft">
            {facts.width} × {facts.height}{facts.video ? `, ${(facts.video.duration_ms / 1000).toFixed(1)} s` : ''}
          </span>
        ) : null}
        {isSending && <Progress name={name} sent={medium.sent} size={medium.size} />}
        {medium.problem && (
          <>
            <ProblemNote problem={medium.problem} />
            <div class="row"><Button isLittle onClick={onRetry}>{said.goOn}</Button></div>
          </>
        )}
        {medium.original && (
          <div class="row small">
            <span class="soft">{words.posts.finding.converted}</span>
            <Button isLittle label={`${words.posts.finding.undo}: ${name}`} onClick={() => onChange({ ...medium.original, original: null })}>
              {words.posts.finding.undo}
            </Button>
          </div>
        )}
        <Findings
          findings={findings}
          onFix={medium.file === null ? undefined : async (_, fit) => {
            onChange(await fixed(medium, kind, fit));
            announce(words.posts.finding.fixed(name));
          }}
        />
        {kind !== 'cover' && hasAltText(kind, medium.type) && (
          <AltText value={medium.altText} onInput={(altText) => onChange({ altText })} />
        )}
        {isTaggable && <Tagging medium={medium} onChange={(tags) => onChange({ tags })} />}
        {/* Those that a copy brings along to another login can be taken out. */}
        {kind !== 'cover' && (hasProducts(kind, login) || (kind !== 'story' && medium.products.length > 0)) && (
          <ProductTagging medium={medium} onChange={(products) => onChange({ products })} />
        )}
      </div>
    </li>
  );
}

function Progress({ name, sent, size }: { name: string; sent: number; size: number }) {
  const said = words.posts.compose;
  const percent = size > 0 ? Math.floor((sent / size) * 100) : 0;
  return (
    <div class="stack-close small">
      <progress aria-label={said.progress(name)} max={100} value={percent} />
      <span class="soft">{said.sending(name, percent)}</span>
    </div>
  );
}

function AltText({ value, onInput }: { value: string; onInput: (text: string) => void }) {
  const said = words.posts.compose;
  const id = useId();
  return (
    <div class="field">
      <label for={id} class="small">{said.altText}</label>
      <textarea
        id={id} class="input prose short" rows={2} name="alt-text" value={value} maxLength={LIMITS.altText} aria-describedby={`${id}-hint`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <div class="hint" id={`${id}-hint`}>{said.altTextHint}</div>
    </div>
  );
}
