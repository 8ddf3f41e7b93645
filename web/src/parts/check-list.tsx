// What the doctor found: each check in words, with what it was judged by.

import type { Check, CheckStatus, Diagnosis } from '../lib/types';
import { checkStatus, words } from '../words';
import { Badge, CopyBox, Facts, Note } from './basics';
import type { Tone } from './basics';

const toneOf: Record<CheckStatus, Tone> = { pass: 'good', warn: 'warn', fail: 'bad', skip: 'none' };

function asText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(asText).join(', ') || words.none;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function CheckRow({ check }: { check: Check }) {
  const said = words.checks;
  const evidence = Object.entries(check.evidence ?? {});
  return (
    <li data-check={check.id} data-status={check.status}>
      <div class="headline">
        <Badge tone={toneOf[check.status] ?? 'none'}>{checkStatus[check.status] ?? check.status}</Badge>
        <h3>{words.checkName(check.id)}</h3>
        {check.fixed && <Badge tone="good">{said.fixed}</Badge>}
      </div>
      <p>{check.message}</p>
      {evidence.length > 0 && (
        <details class="small">
          <summary class="soft">{said.evidence}</summary>
          <Facts rows={evidence.map(([name, value]) => [name, <code>{asText(value)}</code>])} />
        </details>
      )}
    </li>
  );
}

export function CheckList({ diagnosis }: { diagnosis: Diagnosis }) {
  const said = words.checks;
  const failed = diagnosis.checks.filter((check) => check.status === 'fail').length;
  const tone = failed > 0 ? 'bad' : diagnosis.checks.some((check) => check.status === 'warn') ? 'warn' : 'good';
  return (
    <>
      <Note tone={tone}><p><strong>{failed === 0 ? said.fine : said.notFine(failed)}</strong></p></Note>
      <ul class="list">
        {diagnosis.checks.map((check) => <CheckRow key={check.id} check={check} />)}
      </ul>
      {diagnosis.env_text !== undefined && (
        <div class="stack-close">
          <h3>{said.mended}</h3>
          <CopyBox text={diagnosis.env_text} what={said.mended} />
        </div>
      )}
      {diagnosis.report !== undefined && (
        <details>
          <summary>{said.report}</summary>
          <div class="stack-close">
            <p class="small soft">{said.reportText}</p>
            <CopyBox text={diagnosis.report} what={said.report} />
          </div>
        </details>
      )}
    </>
  );
}
