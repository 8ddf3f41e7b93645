// The box that takes anything. What it is is found out here in the browser first: a token, a .env or the address of a
// login is never sent to be explained.

import { useMemo, useState } from 'preact/hooks';
import { api } from '../lib/api';
import { detect, withoutTokens } from '../lib/detect';
import { handOver, seenLogin } from '../lib/handover';
import { useAction } from '../lib/live';
import { go } from '../lib/router';
import type { Diagnosis, Explanation, Login } from '../lib/types';
import { Button, Card, Facts, Field, Form, Note, OutLink, ProblemNote } from '../parts/basics';
import { CheckList } from '../parts/check-list';
import { Screen } from '../parts/screen';
import { words } from '../words';

export function Explain() {
  const [text, setText] = useState('');
  const [verdict, setVerdict] = useState<Explanation | null>(null);
  const [diagnosis, setDiagnosis] = useState<Diagnosis | null>(null);
  const action = useAction();
  const said = words.explain;
  const kind = useMemo(() => detect(text), [text]);
  const change = (next: string) => {
    setText(next);
    setVerdict(null);
    setDiagnosis(null);
    action.clear();
  };
  const explain = () => {
    if (kind !== 'text') return;
    void action.run(async () => {
      setDiagnosis(null);
      setVerdict(await api.post<Explanation>('/v1/explain', { text: withoutTokens(text) }));
    });
  };
  const check = (body: object) =>
    void action.run(async () => {
      setVerdict(null);
      setDiagnosis(await api.post<Diagnosis>('/v1/doctor', body));
    });
  const add = () => {
    handOver(text);
    go('/add');
  };
  return (
    <Screen title={said.title}>
      <p>{said.text}</p>
      <Card>
        <Form onSubmit={explain}>
          <Field label={said.label} name="text" isLong isFocused value={text} onInput={change} />
          <div aria-live="polite" class="stack-close">
            {kind === 'token' && (
              <Offer title={said.token} text={said.tokenText}>
                <Button kind="primary" isBusy={action.isBusy} onClick={() => check({ token: text })}>{said.tokenCheck}</Button>
                <Button onClick={add}>{said.tokenAdd}</Button>
              </Offer>
            )}
            {kind === 'env-file' && (
              <Offer title={said.env} text={said.envText}>
                <Button kind="primary" isBusy={action.isBusy} onClick={() => check({ env_text: text })}>{said.envCheck}</Button>
                <Button isBusy={action.isBusy} onClick={() => check({ env_text: text, fix: true })}>{said.envFix}</Button>
                <Button onClick={add}>{said.envAdd}</Button>
              </Offer>
            )}
            {kind === 'callback-address' && <CallbackOffer address={text.trim()} />}
          </div>
          <ProblemNote problem={action.problem} />
          {(kind === 'text' || kind === 'nothing') && (
            <div class="row">
              <Button kind="primary" isSubmit isBusy={action.isBusy || kind === 'nothing'}>
                {action.isBusy ? said.working : said.button}
              </Button>
            </div>
          )}
        </Form>
      </Card>
      <div aria-live="polite" class="stack">
        {verdict && <Verdict verdict={verdict} />}
        {diagnosis && <Card><CheckList diagnosis={diagnosis} /></Card>}
      </div>
    </Screen>
  );
}

function Offer({ title, text, children }: { title: string; text: string; children: preact.ComponentChildren }) {
  return (
    <Note tone="good" title={title}>
      <p>{text}</p>
      <div class="row">{children}</div>
    </Note>
  );
}

function CallbackOffer({ address }: { address: string }) {
  const said = words.explain;
  const login = useMemo(seenLogin, []);
  const action = useAction();
  if (!login) {
    return (
      <Offer title={said.callback} text={`${said.callbackText} ${said.callbackNone}`}>
        <Button href="/add">{said.start}</Button>
      </Offer>
    );
  }
  const finish = () =>
    void action.run(async () => {
      const path = `/v1/logins/${encodeURIComponent(login.id)}`;
      await api.post<Login>(`${path}/address`, { address });
      go(`/logins/${encodeURIComponent(login.id)}`);
    });
  return (
    <>
      <Offer title={said.callback} text={said.callbackText}>
        <Button kind="primary" isBusy={action.isBusy} onClick={finish}>{said.callbackFinish(login.channel)}</Button>
      </Offer>
      <ProblemNote problem={action.problem} />
    </>
  );
}

function Verdict({ verdict }: { verdict: Explanation }) {
  const said = words.explain;
  const code = verdict.code === null ? null : `${verdict.code}${verdict.subcode === null ? '' : ` / ${verdict.subcode}`}`;
  return (
    <Card title={verdict.title}>
      <p>{verdict.what_happened}</p>
      {verdict.what_to_do.length > 0 && (
        <div>
          <h3>{said.toDo}</h3>
          <ul>{verdict.what_to_do.map((step) => <li key={step}>{step}</li>)}</ul>
        </div>
      )}
      <Facts
        rows={[
          [said.cause, <code>{verdict.cause}</code>],
          [said.retry, words.retry(verdict.retry)],
          ...(code ? [[said.code, code] as [string, string]] : []),
        ]}
      />
      {verdict.links.length > 0 && (
        <div>
          <h3>{said.links}</h3>
          <ul>{verdict.links.map((link) => <li key={link}><OutLink href={link}>{link}</OutLink></li>)}</ul>
        </div>
      )}
      {verdict.also.length > 0 && (
        <div>
          <h3>{said.also}</h3>
          <ul>
            {verdict.also.map((other) => (
              <li key={other.cause}><code>{other.cause}</code>{other.how_to_tell ? `. ${said.tell} ${other.how_to_tell}` : ''}</li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  );
}
