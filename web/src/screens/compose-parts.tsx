// The sections of the composer.

import { useId } from 'preact/hooks';
import { countsOf, LIMITS } from '../lib/caption';
import { dueAt, hasCaption, newMedium, type Draft, type DraftMedium, type Trial } from '../lib/draft';
import { useNow } from '../lib/live';
import { KINDS, type Finding } from '../lib/post-types';
import type { Channel } from '../lib/types';
import { dateTime, relative } from '../lib/time';
import { allZones, browserZone, elsewhere } from '../lib/zones';
import { Card, Facts, Field, Note, Select } from '../parts/basics';
import { MediumItem, Picker } from '../parts/media-picker';
import { Choices, Findings } from '../parts/post-parts';
import { NameField, Names } from '../parts/tagging';
import { words } from '../words';

export type Put = (part: Partial<Draft>) => void;

interface SectionProps {
  draft: Draft;
  put: Put;
  findings: readonly Finding[];
}

// A post stays on the channel that it was made for.
export function WhatSection({ draft, put, channels, isFixed }: { draft: Draft; put: Put; channels: readonly Channel[]; isFixed: boolean }) {
  const said = words.posts.compose;
  const nameOf = (one: Channel) => (one.username ? `${one.name} (@${one.username})` : one.name);
  return (
    <Card>
      {isFixed ? <Facts rows={[[said.channel, draft.channel]]} /> : (
        <Select
          label={said.channel} value={draft.channel} onChange={(channel) => put({ channel })}
          options={[
            ...(draft.channel === '' ? [{ value: '', label: '–' }] : []),
            ...channels.map((one) => ({ value: one.name, label: nameOf(one) })),
          ]}
        />
      )}
      <Choices
        label={said.kind} name="kind" value={draft.kind} onChange={(kind) => put({ kind })}
        choices={KINDS.map((key) => ({ key, label: words.posts.kind(key), text: said.kindText[key] }))}
      />
    </Card>
  );
}

export function CaptionSection({ draft, put, findings }: SectionProps) {
  const said = words.posts.compose;
  const id = useId();
  if (!hasCaption(draft.kind)) return <Card title={said.text}><p class="soft">{said.noCaption}</p></Card>;
  const counts = countsOf(draft.caption);
  const isOver = counts.characters > LIMITS.characters || counts.hashtags > LIMITS.hashtags || counts.mentions > LIMITS.mentions;
  return (
    <Card title={said.text}>
      <div class="field">
        <label for={id}>{said.caption}</label>
        <textarea
          id={id} class="input prose" name="caption" rows={6} value={draft.caption} aria-describedby={`${id}-counts`}
          aria-invalid={isOver ? 'true' : undefined} onInput={(event) => put({ caption: event.currentTarget.value })}
        />
        <ul class="counts" id={`${id}-counts`}>
          {(['characters', 'hashtags', 'mentions'] as const).map((what) => (
            <li key={what} class={counts[what] > LIMITS[what] ? 'over' : ''} data-count={what}>
              {said.count(counts[what], LIMITS[what], said.counts[what])}
            </li>
          ))}
        </ul>
      </div>
      <Findings findings={findings} />
      <FirstComment value={draft.firstComment} onInput={(firstComment) => put({ firstComment })} />
    </Card>
  );
}

function FirstComment({ value, onInput }: { value: string; onInput: (text: string) => void }) {
  const said = words.posts.compose;
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{said.firstComment}</label>
      <textarea
        id={id} class="input prose short" name="first-comment" rows={2} value={value} aria-describedby={`${id}-hint`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <div class="hint" id={`${id}-hint`}>{said.firstCommentHint}</div>
    </div>
  );
}

// Beside the pictures and videos, because it says something of them; never on a part of a carousel, where Meta takes none.
export function AiChoice({ isAi, onChange }: { isAi: boolean; onChange: (isAi: boolean) => void }) {
  const said = words.posts.compose;
  const id = useId();
  return (
    <div class="field">
      <label class="choice">
        <input type="checkbox" name="ai" checked={isAi} aria-describedby={`${id}-hint`} onChange={(event) => onChange(event.currentTarget.checked)} />
        <span>{said.ai}</span>
      </label>
      <div class="hint" id={`${id}-hint`}>{said.aiHint}</div>
    </div>
  );
}

export function DetailsSection({ draft, put }: { draft: Draft; put: Put }) {
  const said = words.posts.compose;
  const { collaborators } = draft;
  const takesCollaborators = draft.kind !== 'story';
  const isUsed = draft.locationId !== '' || collaborators.length > 0;
  return (
    <Card>
      <details open={isUsed ? true : undefined}>
        <summary><h2 class="inline">{said.details}</h2></summary>
        <div class="stack unfolded">
          <Field
            label={said.location} hint={said.locationHint} name="location" value={draft.locationId}
            onInput={(locationId) => put({ locationId })}
          />
          {takesCollaborators && (
            <div class="stack-close">
              <NameField
                label={said.collaborators} hint={said.collaboratorsHint} button={said.collaboratorAdd}
                onAdd={(name) => put({ collaborators: [...collaborators.filter((one) => one !== name), name] })}
              />
              <Names
                names={collaborators} removeLabel={said.collaboratorRemove}
                onRemove={(name) => put({ collaborators: collaborators.filter((one) => one !== name) })}
              />
            </div>
          )}
        </div>
      </details>
    </Card>
  );
}

interface ReelProps {
  draft: Draft;
  put: Put;
  onCover: (cover: DraftMedium | null) => void;
  onRetryCover: () => void;
  findings: readonly Finding[];
}

export function ReelSection({ draft, put, onCover, onRetryCover, findings }: ReelProps) {
  const said = words.posts.compose;
  const isBad = draft.thumbOffset.trim() !== '' && !/^\d+([.,]\d+)?$/.test(draft.thumbOffset.trim());
  const { cover } = draft;
  return (
    <Card title={said.reel}>
      <Choices
        label={said.cover} name="cover" value={draft.coverFrom} onChange={(coverFrom) => put({ coverFrom })}
        choices={[{ key: 'frame', label: said.coverFrame }, { key: 'picture', label: said.coverPicture }]}
      />
      {draft.coverFrom === 'frame' ? (
        <Field
          label={said.thumbOffset} hint={said.thumbOffsetHint} name="thumb-offset" value={draft.thumbOffset}
          onInput={(thumbOffset) => put({ thumbOffset })} wrong={isBad ? said.badSeconds : null}
        />
      ) : cover ? (
        <ul class="media">
          <MediumItem
            medium={cover} kind="cover" index={0} all={1} findings={findings}
            onChange={(part) => put({ cover: { ...cover, ...part } })} onMove={() => undefined} onRemove={() => onCover(null)}
            onRetry={onRetryCover}
          />
        </ul>
      ) : (
        <Picker accept="image/*,.heic,.heif" isSeveral={false} takesPaste={false} onAdd={(media) => onCover(media[0] ?? newMedium({ type: 'image' }))} />
      )}
      <label class="choice">
        <input type="checkbox" checked={draft.shareToFeed} onChange={(event) => put({ shareToFeed: event.currentTarget.checked })} />
        <span>{said.shareToFeed}</span>
      </label>
      <Field label={said.audioName} hint={said.audioNameHint} name="audio-name" value={draft.audioName} onInput={(audioName) => put({ audioName })} />
      <Select
        label={said.trial} value={draft.trial} onChange={(trial) => put({ trial: trial as Trial })}
        options={(['none', 'manual', 'performance'] as const).map((value) => ({ value, label: said.trials[value] }))}
      />
    </Card>
  );
}

function Input({ label, type, value, onInput }: { label: string; type: 'date' | 'time'; value: string; onInput: (value: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} class="input" type={type} name={`due-${type}`} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
    </div>
  );
}

export function WhenSection({ draft, put, findings }: SectionProps) {
  const said = words.posts.compose;
  const now = useNow();
  const due = dueAt(draft);
  const isTime = !Number.isNaN(due);
  const at = isTime ? new Date(due).toISOString() : '';
  // `elsewhere` tells what the other zone shows; here it is asked for the viewer's, from the zone of the post.
  const isAway = isTime && elsewhere(at, draft.zone) !== null;
  const zones = allZones();
  return (
    <Card title={said.when}>
      <Choices
        label={said.when} isTitled name="when" value={draft.when} onChange={(when) => put({ when })}
        choices={[{ key: 'at', label: said.atTime }, { key: 'now', label: said.now }]}
      />
      {draft.when === 'at' && (
        <>
          <div class="when-fields">
            <Input label={said.date} type="date" value={draft.date} onInput={(date) => put({ date })} />
            <Input label={said.time} type="time" value={draft.time} onInput={(time) => put({ time })} />
            <Select
              label={said.zone} value={draft.zone} onChange={(zone) => put({ zone })}
              options={(zones.includes(draft.zone) ? zones : [draft.zone, ...zones]).map((zone) => ({
                value: zone, label: zone === browserZone() ? said.zoneHere(zone) : zone,
              }))}
            />
          </div>
          {isTime ? (
            <p class="small soft" id="due-text">{said.isAt(relative(at, now), isAway ? dateTime(due) : null)}</p>
          ) : (
            <p class="small wrong">{said.noWhen}</p>
          )}
          {isTime && due < now && <Note tone="bad"><p>{said.isPast}</p></Note>}
        </>
      )}
      <Findings findings={findings} />
    </Card>
  );
}
