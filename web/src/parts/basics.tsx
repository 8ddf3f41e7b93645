// The small parts that every screen is made of.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Link } from '../lib/router';
import type { ProblemJson, State } from '../lib/types';
import { stateName, words } from '../words';
import { announce } from './live-region';

export type Tone = 'good' | 'warn' | 'bad' | 'none';

const toneOfState: Record<State, Tone> = {
  healthy: 'good',
  expiring: 'warn',
  overdue: 'warn',
  dead: 'bad',
  unconnected: 'none',
  unverified: 'none',
};

export function stateTone(state: State): Tone {
  return toneOfState[state] ?? 'none';
}

export interface ButtonProps {
  children: ComponentChildren;
  onClick?: () => void;
  href?: string; // a link that looks like a button
  isExternal?: boolean; // leaves this page: no routing
  isNewTab?: boolean; // leaves this page where it is
  kind?: 'primary' | 'danger' | 'plain' | 'usual';
  isLittle?: boolean;
  isBusy?: boolean;
  isSubmit?: boolean;
  label?: string; // for screen readers, where the text alone does not say enough
  id?: string;
}

export function Button(props: ButtonProps) {
  const { kind = 'usual', isLittle = false } = props;
  const look = `button ${kind === 'usual' ? '' : kind} ${isLittle ? 'little' : ''}`;
  const common = { class: look, id: props.id, 'aria-label': props.label };
  if (props.href !== undefined) {
    if (props.isNewTab) return <a {...common} href={props.href} target="_blank" rel="noopener noreferrer">{props.children}</a>;
    if (props.isExternal) return <a {...common} href={props.href}>{props.children}</a>;
    return <Link {...common} href={props.href}>{props.children}</Link>;
  }
  // Busy, not disabled: a disabled button would lose the keyboard's place.
  return (
    <button
      {...common}
      type={props.isSubmit ? 'submit' : 'button'}
      aria-disabled={props.isBusy ? 'true' : undefined}
      onClick={(event) => {
        if (props.isBusy) event.preventDefault();
        else props.onClick?.();
      }}
    >
      {props.children}
    </button>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string;
  wrong?: string | null;
  type?: 'text' | 'password';
  isLong?: boolean;
  autocomplete?: string;
  isFocused?: boolean;
  name?: string;
  placeholder?: string;
}

export function Field(props: FieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => {
    if (props.isFocused) input.current?.focus();
  }, []);
  const common = {
    id,
    ref: input,
    class: 'input',
    name: props.name,
    value: props.value,
    spellcheck: false,
    autocapitalize: 'none' as const,
    autocomplete: props.autocomplete ?? 'off',
    placeholder: props.placeholder,
    'aria-invalid': props.wrong ? ('true' as const) : undefined,
    'aria-describedby': props.hint || props.wrong ? `${id}-hint` : undefined,
    onInput: (event: JSX.TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) => props.onInput(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.isLong ? <textarea {...common} /> : <input {...common} type={props.type ?? 'text'} />}
      {(props.hint || props.wrong) && (
        <div id={`${id}-hint`}>
          {props.wrong && <div class="wrong" role="alert">{props.wrong}</div>}
          {props.hint && <div class="hint">{props.hint}</div>}
        </div>
      )}
    </div>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
}

export function Select({ label, value, options, onChange }: SelectProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} class="input" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>{option.label}</option>
        ))}
      </select>
    </div>
  );
}

export function Form({ onSubmit, children }: { onSubmit: () => void; children: ComponentChildren }) {
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

interface CardProps {
  title?: string;
  children: ComponentChildren;
  actions?: ComponentChildren;
  isFlat?: boolean;
}

export function Card({ title, children, actions, isFlat = false }: CardProps) {
  const id = useId();
  return (
    <section class={`card stack ${isFlat ? 'flat' : ''}`} aria-labelledby={title ? id : undefined}>
      {title && (
        <div class="row apart">
          <h2 id={id}>{title}</h2>
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}

export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

export function StateBadge({ state }: { state: State }) {
  return <Badge tone={stateTone(state)}>{stateName[state] ?? state}</Badge>;
}

export function Mark({ tone }: { tone: Tone }) {
  const sign = { good: '✓', warn: '!', bad: '✕', none: '–' }[tone];
  return <span class={`mark ${tone}`} aria-hidden="true">{sign}</span>;
}

interface NoteProps {
  tone: Tone;
  title?: string;
  children?: ComponentChildren;
  isAlert?: boolean;
}

export function Note({ tone, title, children, isAlert = false }: NoteProps) {
  return (
    <div class={`note ${tone}`} role={isAlert ? 'alert' : undefined}>
      {title && <p class="note-title">{title}</p>}
      {children}
    </div>
  );
}

// What went wrong, why, and what to do: the service's own words.
export function ProblemNote({ problem, isAlert = true }: { problem: ProblemJson | null; isAlert?: boolean }) {
  if (!problem) return null;
  const { graph } = problem;
  return (
    <Note tone="bad" title={problem.title} isAlert={isAlert}>
      {problem.detail && <p>{problem.detail}</p>}
      {problem.retry_after_s !== undefined && <p>{words.problem.wait(problem.retry_after_s)}</p>}
      {problem.what_to_do && <p>{words.problem.toDo} {problem.what_to_do}</p>}
      {graph && (graph.message || graph.code !== 0) && (
        <p class="small soft">
          {words.problem.metaSays}: {graph.message} ({graph.code}{graph.subcode ? `/${graph.subcode}` : ''})
          {graph.fbtrace_id ? ` ${words.problem.trace} ${graph.fbtrace_id}` : ''}
        </p>
      )}
      <p class="small soft">{words.problem.code} {problem.code}{problem.where ? `, ${words.problem.where} ${problem.where}` : ''}</p>
    </Note>
  );
}

export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {rows.flatMap(([name, value]) => [<dt key={`${name}-t`}>{name}</dt>, <dd key={`${name}-d`}>{value}</dd>])}
    </dl>
  );
}

export function Steps({ steps }: { steps: readonly ComponentChildren[] }) {
  return (
    <ol class="steps">
      {steps.map((step, index) => (
        <li key={index}><div>{step}</div></li>
      ))}
    </ol>
  );
}

export function EmptyState({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="card empty">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function CopyBox({ text, what }: { text: string; what: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div class="copy">
      <pre class="copy-text" tabIndex={0} aria-label={what}>{text}</pre>
      <Button
        isLittle
        label={words.copyOf(what)}
        onClick={() => {
          navigator.clipboard.writeText(text).then(
            () => {
              setCopied(true);
              announce(words.copied);
            },
            () => announce(words.copyFailed),
          );
        }}
      >
        {isCopied ? words.copied : words.copy}
      </Button>
    </div>
  );
}

// A link to a page of Meta's. Only addresses of the web come through: what a text from outside says is no script.
export function OutLink({ href, children }: { href: string; children: ComponentChildren }) {
  if (!/^https:\/\//.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}<span class="for-readers"> {words.opensElsewhere}</span>
    </a>
  );
}

export function Loading() {
  return <p class="soft" role="status">{words.loading}</p>;
}
