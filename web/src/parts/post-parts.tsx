// Parts of posts that more than one screen shows.

import type { ComponentChildren } from 'preact';
import { isTimed } from '../lib/draft';
import { useAction, useNow } from '../lib/live';
import type { Finding, Post, PostState } from '../lib/post-types';
import { Link } from '../lib/router';
import { dateTime, relative, span } from '../lib/time';
import { elsewhere } from '../lib/zones';
import { sentence, words } from '../words';
import { Badge, Button, Mark, ProblemNote, type Tone } from './basics';
import { Picture } from './picture';

const tones: Record<PostState, Tone> = {
  draft: 'none', scheduled: 'none', checking: 'none', containers: 'none', waiting: 'none', ready: 'none', publishing: 'none',
  published: 'good', uncertain: 'warn', held: 'bad', failed: 'bad', cancelled: 'none',
};

// A second in lateness is what a call takes; a minute is what somebody notices.
const NOTICED_S = 60;

export function toneOfPost(state: PostState): Tone {
  return tones[state] ?? 'none';
}

export function postHref(id: string, rest = ''): string {
  return `/posts/${encodeURIComponent(id)}${rest}`;
}

export function PostBadge({ state }: { state: PostState }) {
  return <Badge tone={toneOfPost(state)}>{words.posts.state(state)}</Badge>;
}

// When a post is due, for the viewer; and in its own zone where that is another time.
export function PostTime({ post, isShort = false }: { post: Post; isShort?: boolean }) {
  const now = useNow();
  const said = words.posts;
  if (!post.at || !isTimed(post, now)) return <span>{said.noTime}</span>;
  const there = elsewhere(post.at, post.zone);
  if (isShort) {
    const time = new Date(post.at).toLocaleTimeString(undefined, { timeStyle: 'short' });
    return <time dateTime={post.at} title={there && post.zone ? said.in(there, post.zone) : undefined}>{time}</time>;
  }
  return (
    <span>
      <time dateTime={post.at}>{dateTime(post.at)}</time>
      <span class="soft"> ({relative(post.at, now)}{there && post.zone ? `; ${said.in(there, post.zone)}` : ''})</span>
    </span>
  );
}

export function lateness(post: Post): string | null {
  return post.late_s !== null && post.late_s !== undefined && post.late_s >= NOTICED_S ? words.posts.late(span(post.late_s)) : null;
}

// What a post is called in lists: how its caption begins.
export function lineOf(post: Post): string {
  return post.caption.split('\n')[0]?.trim() || words.posts.noCaption;
}

export function PostRow({ post }: { post: Post }) {
  const said = words.posts;
  const first = post.media[0];
  const line = lineOf(post);
  const late = lateness(post);
  return (
    <li class="post-row" data-post={post.id} data-state={post.state}>
      <div class="thumb" aria-hidden="true">{first && <Picture of={first} label="" />}</div>
      <div class="post-text">
        <div class="headline">
          <PostBadge state={post.state} />
          <span class="small soft">
            {said.kind(post.kind)}{post.media.length > 1 ? ` (${said.photos(post.media.length)})` : ''} · {post.channel}
          </span>
        </div>
        <Link class="post-link" href={postHref(post.id)}>{line}</Link>
        <div class="small">
          <PostTime post={post} />{late && <span class="late"> · {late}</span>}
        </div>
        {post.unreadable && <div class="small late">{said.unreadable.title}</div>}
        {post.title && !post.unreadable && post.state !== 'published' && <div class="small">{sentence(post.title)}</div>}
      </div>
    </li>
  );
}

export type Fit = 'crop' | 'pad' | 'none';
export type OnFix = (finding: Finding, fit: Fit) => Promise<void>;

interface FindingsProps {
  findings: readonly Finding[];
  onFix?: OnFix; // converts the picture that it is about
  namesItems?: boolean; // where they do not stand beside their picture
}

export function Findings({ findings, onFix, namesItems = false }: FindingsProps) {
  const said = words.posts.finding;
  if (findings.length === 0) return null;
  return (
    <ul class="marked findings">
      {findings.map((one, index) => (
        <li key={`${one.rule}-${one.medium}-${index}`} data-finding={one.rule} data-severity={one.severity} data-medium={one.medium ?? ''}>
          <Mark tone={one.severity === 'error' ? 'bad' : 'warn'} />
          <div class="stack-close">
            <span>
              <span class="for-readers">{one.severity === 'error' ? said.error : said.warning}: </span>
              {namesItems && one.medium !== null && one.medium >= 0 ? `${said.of(one.medium + 1)}: ` : ''}{one.title}
            </span>
            {(one.measured || one.wanted) && (
              <span class="small">
                {one.measured && <>{said.measured} {one.measured}</>}{one.measured && one.wanted ? '; ' : ''}
                {one.wanted && <>{said.wanted} {one.wanted}</>}
              </span>
            )}
            {one.why && <span class="small soft">{one.why}</span>}
            {one.fixable && onFix ? <Fixes finding={one} onFix={onFix} /> : <span class="small soft">{one.what_to_do}</span>}
          </div>
        </li>
      ))}
    </ul>
  );
}

// A shape can be mended in two ways; everything else in one, which leaves the shape alone.
function Fixes({ finding, onFix }: { finding: Finding; onFix: OnFix }) {
  const action = useAction();
  const said = words.posts.finding;
  const ways: readonly [Fit, string][] = finding.rule === 'image-ratio' ? [['crop', said.crop], ['pad', said.pad]] : [['none', said.fix]];
  return (
    <>
      <div class="row">
        {ways.map(([fit, text]) => (
          <Button key={fit} isLittle isBusy={action.isBusy} label={`${text}: ${finding.title}`} onClick={() => void action.run(() => onFix(finding, fit))}>
            {action.isBusy ? said.fixing : text}
          </Button>
        ))}
      </div>
      <ProblemNote problem={action.problem} />
    </>
  );
}

// Some choices side by side, one of them taken.
export function Choices<K extends string>({ label, name, value, choices, onChange, isTitled = false }: {
  label: string;
  name: string;
  value: K;
  choices: readonly { key: K; label: string; text?: ComponentChildren }[];
  onChange: (key: K) => void;
  isTitled?: boolean; // a heading above says the label already
}) {
  return (
    <fieldset class="field">
      <legend class={isTitled ? 'for-readers' : 'label'}>{label}</legend>
      <div class="choices">
        {choices.map((one) => (
          <label class="choice-box" key={one.key}>
            <input type="radio" name={name} value={one.key} checked={value === one.key} onChange={() => onChange(one.key)} />
            <span><strong>{one.label}</strong>{one.text && <span class="small soft">{one.text}</span>}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
