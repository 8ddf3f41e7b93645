// A table of posts: given, looked at row by row, and made.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api, problemOf } from '../lib/api';
import type { DraftMedium } from '../lib/draft';
import { importTable, isAtOnce, isTable, MOST_BYTES, sampleTable, textOf, type ImportAnswer, type ImportWish } from '../lib/import';
import { takeDropped } from '../lib/handover';
import { useAction, useResource } from '../lib/live';
import { mediumOfFile, useUploads } from '../lib/media';
import type { Channel, ProblemJson } from '../lib/types';
import { allZones, browserZone } from '../lib/zones';
import { Button, Card, EmptyState, Facts, Note, ProblemNote, Select } from '../parts/basics';
import { DropZone } from '../parts/drop-zone';
import { ImportRows, Progressing } from '../parts/import-rows';
import { announce } from '../parts/live-region';
import { Screen } from '../parts/screen';
import { words } from '../words';
import type { ChannelList } from './channels';

// After this long without a change the table is checked.
const QUIET_MS = 300;

interface Table {
  name: string;
  size: number;
  text: string;
}

function kilobytes(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / 1000))} kB`;
}

export function Import() {
  const channels = useResource('channels', () => api.get<ChannelList>('/v1/channels'));
  const said = words.posts;
  return (
    <Screen title={said.import.title} actions={<Button href="/posts">{said.page.back}</Button>}>
      <ProblemNote problem={channels.problem} />
      {channels.value && (channels.value.channels.length > 0 ? (
        <>
          <p>{said.import.text}</p>
          <Importer channels={channels.value.channels} />
        </>
      ) : (
        <EmptyState title={said.newChannelFirst}>
          <p>{said.import.newChannelFirstText}</p>
          <Button kind="primary" href="/add">{said.addChannel}</Button>
        </EmptyState>
      ))}
    </Screen>
  );
}

// What was given: the table, what lies beside it, and what could not be taken.
function useGiven() {
  const [table, setTable] = useState<Table | null>(null);
  const [media, setMedia] = useState<DraftMedium[]>([]);
  const [refused, setRefused] = useState<ProblemJson[]>([]);
  const change = (key: number, part: Partial<DraftMedium>) =>
    setMedia((before) => before.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const uploads = useUploads(change);
  const takeTable = async (file: File): Promise<ProblemJson | null> => {
    const said = words.posts.import;
    if (file.size === 0) return { title: said.isEmpty(file.name), code: 'PAGE', what_to_do: said.noneGood };
    if (file.size > MOST_BYTES) {
      return { title: said.tooLarge, detail: said.tooLargeWhy(kilobytes(MOST_BYTES)), what_to_do: said.tooLargeToDo, code: 'PAGE' };
    }
    const text = await textOf(file).catch(() => undefined);
    if (text === undefined) return { title: said.gone(file.name), detail: said.goneWhy, what_to_do: said.goneToDo, code: 'PAGE' };
    if (text === null) return { title: said.notUtf8, detail: said.notUtf8Why, what_to_do: said.notUtf8ToDo, code: 'PAGE' };
    setTable({ name: file.name, size: file.size, text });
    return null;
  };
  const take = async (files: readonly File[]) => {
    const said = words.posts.import;
    const wrong: ProblemJson[] = [];
    const tables = files.filter(isTable);
    const added: DraftMedium[] = [];
    for (const file of files.filter((one) => !isTable(one))) {
      const medium = file.size > 0 ? mediumOfFile(file) : null;
      if (medium) added.push(medium);
      else wrong.push({ title: file.size > 0 ? said.notBeside(file.name) : said.isEmpty(file.name), code: 'PAGE' });
    }
    // One of the same name takes the place of the one before.
    setMedia((before) => [...before.filter((one) => !added.some((other) => other.name === one.name)), ...added]);
    added.forEach(uploads.start);
    const last = tables[tables.length - 1];
    if (tables.length > 1) announce(said.severalTables);
    const trouble = last ? await takeTable(last) : null;
    setRefused(trouble ? [trouble, ...wrong] : wrong);
  };
  const remove = (one: DraftMedium) => {
    uploads.stop(one.key);
    setMedia((before) => before.filter((other) => other.key !== one.key));
  };
  const clear = () => {
    media.forEach((one) => uploads.stop(one.key));
    setTable(null);
    setMedia([]);
    setRefused([]);
  };
  return { table, media, refused, take, remove, clear, retry: uploads.start };
}

type Given = ReturnType<typeof useGiven>;

// What would be made of it. An older answer never replaces a newer one.
function useLook(wish: ImportWish | null) {
  const [look, setLook] = useState<{ answer: ImportAnswer | null; problem: ProblemJson | null; isLooking: boolean }>({ answer: null, problem: null, isLooking: false });
  const turn = useRef(0);
  const body = wish ? JSON.stringify(wish) : '';
  useEffect(() => {
    const mine = ++turn.current;
    if (body === '') {
      setLook({ answer: null, problem: null, isLooking: false });
      return undefined;
    }
    setLook((before) => ({ ...before, isLooking: true }));
    const put = (answer: ImportAnswer | null, problem: ProblemJson | null) => {
      if (mine === turn.current) setLook({ answer, problem, isLooking: false });
    };
    const timer = window.setTimeout(() => {
      importTable(JSON.parse(body) as ImportWish, true).then((answer) => put(answer, null), (thrown: unknown) => put(null, problemOf(thrown)));
    }, QUIET_MS);
    return () => window.clearTimeout(timer);
  }, [body]);
  return look;
}

function Importer({ channels }: { channels: readonly Channel[] }) {
  const said = words.posts.import;
  const only = channels.length === 1 ? (channels[0]?.name ?? '') : '';
  const [channel, setChannel] = useState(only);
  const [zone, setZone] = useState(browserZone());
  const [made, setMade] = useState<ImportAnswer | null>(null);
  const given = useGiven();
  useEffect(() => {
    const dropped = takeDropped();
    if (dropped.length > 0) void given.take(dropped);
  }, []);
  const isWhole = given.media.every((one) => one.file !== null);
  const wish = given.table && isWhole && !made
    ? { table: given.table.text, files: Object.fromEntries(given.media.map((one) => [one.name, one.file ?? ''])), channel, zone }
    : null;
  const look = useLook(wish);
  if (made) {
    return (
      <Made
        answer={made}
        onNext={() => {
          given.clear();
          setMade(null);
        }}
      />
    );
  }
  return (
    <>
      <Card title={said.table} actions={<Sample channel={channel || (channels[0]?.name ?? '')} zone={zone} />}>
        <Drop given={given} />
        <div class="filters wide">
          <Select
            label={said.channel} value={channel} onChange={setChannel}
            options={[{ value: '', label: said.noChannel }, ...channels.map((one) => ({ value: one.name, label: one.name }))]}
          />
          <Select label={said.zone} value={zone} onChange={setZone} options={allZones().map((value) => ({ value, label: value === browserZone() ? words.posts.compose.zoneHere(value) : value }))} />
        </div>
        <details class="small">
          <summary>{said.columns}</summary>
          <div class="stack-close unfolded">
            <p>{said.columnsText}</p>
            <Facts rows={Object.entries(said.meaning).map(([name, text]) => [name, text])} />
          </div>
        </details>
      </Card>
      {given.table && (
        <Card title={said.check}>
          {!isWhole && <p role="status">{said.uploading}</p>}
          {isWhole && look.isLooking && <p class="soft" role="status">{said.checking}</p>}
          {look.problem && (
            <ProblemNote
              problem={{ ...look.problem, title: look.problem.cause === 'bad-input' ? said.cannotRead : look.problem.title, what_to_do: said.toDo(look.problem.cause, look.problem.what_to_do) }}
            />
          )}
          {wish && look.answer && <Looked answer={look.answer} wish={wish} isStale={look.isLooking} onMade={setMade} />}
        </Card>
      )}
    </>
  );
}

function Sample({ channel, zone }: { channel: string; zone: string }) {
  const said = words.posts.import;
  const address = useMemo(() => `data:text/csv;charset=utf-8,${encodeURIComponent(sampleTable(channel, zone))}`, [channel, zone]);
  return <a class="button little" href={address} download={said.sampleName}>{said.sample}</a>;
}

function Drop({ given }: { given: Given }) {
  const said = words.posts.import;
  const { table, media, refused } = given;
  const ready = media.filter((one) => one.file !== null).length;
  return (
    <div class="stack-close">
      <DropZone
        id="choose-table" says={said.drop} chooses={said.choose} accept=".csv,.tsv,.txt,text/csv,image/*,video/*,.heic,.heif" isSeveral
        take={(files) => void given.take(files)}
      />
      {table && (
        <div class="stack-close small" id="given-table">
          <span><strong>{said.isTable(table.name, kilobytes(table.size))}</strong>{media.length > 0 && <span class="soft"> · {said.files(ready, media.length)}</span>}</span>
          <span class="soft">{said.another}</span>
        </div>
      )}
      {media.length > 0 && (
        <ul class="names">
          {media.map((one) => (
            <li key={one.key} data-ready={one.file !== null}>
              {one.name}{one.file === null && !one.problem && <Progressing medium={one} />}
              <Button isLittle kind="plain" label={said.remove(one.name)} onClick={() => given.remove(one)}>✕</Button>
            </li>
          ))}
        </ul>
      )}
      {media.filter((one) => one.problem).map((one) => (
        <div key={one.key} class="stack-close">
          <ProblemNote problem={one.problem} />
          <div class="row"><Button isLittle label={`${words.posts.compose.goOn}: ${one.name}`} onClick={() => given.retry(one)}>{words.posts.compose.goOn}</Button></div>
        </div>
      ))}
      {refused.map((one) => <ProblemNote key={one.title} problem={one} />)}
    </div>
  );
}

interface LookedProps {
  answer: ImportAnswer;
  wish: ImportWish;
  isStale: boolean; // something has changed since
  onMade: (answer: ImportAnswer) => void;
}

function Looked({ answer, wish, isStale, onMade }: LookedProps) {
  const said = words.posts.import;
  const action = useAction();
  const { existing, failed, rows } = answer;
  const good = rows.length - failed - existing;
  const atOnce = rows.filter((row) => row.ok && !row.existing && row.post !== null && isAtOnce(row.post)).length;
  const create = () =>
    void action.run(async () => {
      const done = await importTable(wish, false);
      announce(said.made(done.created));
      onMade(done);
    });
  return (
    <>
      <div role="status" data-import={failed > 0 ? 'bad' : 'good'}>
        <Note tone={failed > 0 ? (good > 0 ? 'warn' : 'bad') : good > 0 ? 'good' : 'none'} title={said.good(good)}>
          {failed > 0 && <p>{said.bad(failed)}. {good > 0 ? said.leftOut : said.noneGood}</p>}
          {existing > 0 && <p>{good + failed === 0 ? said.nothingNew : `${said.existing(existing)}.`}</p>}
        </Note>
      </div>
      {atOnce > 0 && <Note tone="warn"><p>{said.atOnce(atOnce)}</p></Note>}
      <ProblemNote problem={action.problem} />
      {good > 0 && (
        <div class="row">
          <Button kind="primary" isBusy={action.isBusy || isStale} onClick={create}>{failed > 0 ? said.createGood(good) : said.create(good)}</Button>
        </div>
      )}
      <ImportRows rows={rows} />
    </>
  );
}

function Made({ answer, onNext }: { answer: ImportAnswer; onNext: () => void }) {
  const said = words.posts.import;
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { created, existing, failed } = answer;
  return (
    <Card title={said.done}>
      <div ref={heading} tabIndex={-1} data-made={created}>
        <Note tone={failed > 0 ? 'warn' : 'good'} title={`${said.made(created)}.`}>
          {existing > 0 && <p>{said.existing(existing)}.</p>}
          {failed > 0 && <p>{said.wasLeftOut(failed)}. {said.correct}</p>}
        </Note>
      </div>
      <div class="row">
        <Button kind="primary" href="/posts">{said.toPosts}</Button>
        <Button onClick={onNext}>{said.next}</Button>
      </div>
      <ImportRows rows={answer.rows} />
    </Card>
  );
}
