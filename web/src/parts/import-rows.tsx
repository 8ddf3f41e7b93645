// The rows of a table of posts, each with what was found in it.

import { useState } from 'preact/hooks';
import type { DraftMedium } from '../lib/draft';
import { isAtOnce, type ImportRow } from '../lib/import';
import type { ProblemJson } from '../lib/types';
import type { Post } from '../lib/post-types';
import { Link } from '../lib/router';
import { sentence, words } from '../words';
import { Badge, Button, Mark, type Tone } from './basics';
import { Picture } from './picture';
import { Findings, postHref, PostTime } from './post-parts';

// A table has up to 5000 rows; a person reads a screenful.
const PAGE = 100;

type RowState = keyof typeof words.posts.import.state;
const tones: Record<RowState, Tone> = { good: 'good', known: 'warn', bad: 'bad', existing: 'none', made: 'good' };

function stateOf(row: ImportRow): RowState {
  if (row.problem || !row.ok) return 'bad';
  if (row.created) return 'made';
  if (row.existing) return 'existing';
  return row.post && row.post.findings.length > 0 ? 'known' : 'good';
}

export function ImportRows({ rows }: { rows: readonly ImportRow[] }) {
  const said = words.posts.import;
  const [isWrongOnly, setWrongOnly] = useState(false);
  const [most, setMost] = useState(PAGE);
  const wrong = rows.filter((row) => stateOf(row) === 'bad');
  const shown = isWrongOnly && wrong.length > 0 ? wrong : rows;
  return (
    <>
      {wrong.length > 0 && wrong.length < rows.length && (
        <fieldset class="segments" aria-label={said.show}>
          {[false, true].map((value) => (
            <label key={String(value)}>
              <input type="radio" name="import-rows" checked={isWrongOnly === value} onChange={() => setWrongOnly(value)} />
              <span>{value ? said.wrong(wrong.length) : said.all(rows.length)}</span>
            </label>
          ))}
        </fieldset>
      )}
      <ol class="list" id="import-rows">{shown.slice(0, most).map((row) => <RowItem key={row.line} row={row} />)}</ol>
      {shown.length > most && <div class="row"><Button onClick={() => setMost(most + PAGE)}>{said.more}</Button></div>}
    </>
  );
}

function RowItem({ row }: { row: ImportRow }) {
  const said = words.posts;
  const { post, problem } = row;
  const state = stateOf(row);
  const first = post?.media[0];
  return (
    <li class="post-row" data-line={row.line} data-row={state}>
      <div class="thumb" aria-hidden="true">{first && <Picture of={first} label="" />}</div>
      <div class="post-text">
        <div class="headline">
          <Badge tone={tones[state]}>{said.import.state[state]}</Badge>
          <span class="small soft">
            {said.import.row(row.line)}{post && ` · ${said.kind(post.kind)}`}{post && post.media.length > 1 ? ` (${said.photos(post.media.length)})` : ''}
            {post && ` · ${post.channel}`}
          </span>
        </div>
        <Line row={row} />
        {post && <div class="small"><When post={post} isMade={row.created || row.existing} /></div>}
        {row.existing && post && <div class="small soft">{said.import.existingAs(said.state(post.state))}</div>}
        {post && !row.existing && <Findings findings={post.findings} namesItems={post.media.length > 1} />}
        {problem && problem.cause !== 'post-refused' && <RowProblem problem={problem} />}
      </div>
    </li>
  );
}

function Line({ row: { caption, post } }: { row: ImportRow }) {
  const line = (post?.caption ?? caption ?? '').split('\n')[0]?.trim() || words.posts.noCaption;
  return post?.id ? <Link class="post-link" href={postHref(post.id)}>{line}</Link> : <span class="post-link">{line}</span>;
}

function When({ post, isMade }: { post: Post; isMade: boolean }) {
  const said = words.posts.import;
  if (isMade) return <PostTime post={post} />;
  if (post.state === 'draft') return <span>{said.isDraft}</span>;
  return isAtOnce(post) ? <span class="late">{said.isAtOnce}</span> : <PostTime post={post} />;
}

// What is wrong, why, and what to do, in the look of a finding.
function RowProblem({ problem }: { problem: ProblemJson }) {
  const said = words.posts.import;
  return (
    <ul class="marked findings">
      <li data-problem={problem.code}>
        <Mark tone="bad" />
        <div class="stack-close">
          <span>{said.titleOf(problem.cause, problem.title)}</span>
          {problem.detail && <span class="small">{sentence(problem.detail)}</span>}
          <span class="small soft">{said.toDo(problem.cause, problem.what_to_do)}</span>
        </div>
      </li>
    </ul>
  );
}

export function Progressing({ medium }: { medium: DraftMedium }) {
  const percent = medium.size > 0 ? Math.floor((medium.sent / medium.size) * 100) : 0;
  return <progress aria-label={words.posts.compose.progress(medium.name)} max={100} value={percent} />;
}
