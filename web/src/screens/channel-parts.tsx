// The tabs of a channel's page besides the overview.

import { useEffect, useState } from 'preact/hooks';
import { api, channelPath, Problem } from '../lib/api';
import { useAction, useResource } from '../lib/live';
import { date, dateTime } from '../lib/time';
import type { AuditEvent, Channel, Delivery, Diagnosis, Version } from '../lib/types';
import { Badge, Button, Card, Field, Form, Loading, ProblemNote } from '../parts/basics';
import { CheckList } from '../parts/check-list';
import { Confirm } from '../parts/dialog';
import { When } from '../parts/life-bar';
import { announce } from '../parts/live-region';
import { words } from '../words';

export function Checks({ name, onChange }: { name: string; onChange: () => void }) {
  const [diagnosis, setDiagnosis] = useState<Diagnosis | null>(null);
  const action = useAction();
  const said = words.checks;
  const run = (fix: boolean) =>
    void action.run(async () => {
      const found = await api.post<Diagnosis>('/v1/doctor', { channel: name, fix });
      setDiagnosis(found);
      if (!fix) return;
      const fixed = found.checks.filter((check) => check.fixed).length;
      announce(fixed > 0 ? said.fixedSome(fixed) : said.fixedNone);
      onChange();
    });
  useEffect(() => run(false), [name]);
  const isFixable = diagnosis?.checks.some((check) => check.fixable && !check.fixed) ?? false;
  return (
    <Card>
      <div aria-live="polite" class="stack">
        {action.isBusy && <p class="soft">{said.running}</p>}
        <ProblemNote problem={action.problem} />
        {diagnosis && <CheckList diagnosis={diagnosis} />}
      </div>
      <div class="row">
        {isFixable && <Button kind="primary" isBusy={action.isBusy} onClick={() => run(true)}>{said.fix}</Button>}
        <Button isBusy={action.isBusy} onClick={() => run(false)}>{said.run}</Button>
      </div>
    </Card>
  );
}

export function History({ channel }: { channel: Channel }) {
  const path = channelPath(channel.name, '/history');
  const history = useResource(path, () => api.get<{ versions: Version[] }>(path), ['channel']);
  const [chosen, setChosen] = useState<Version | null>(null);
  const action = useAction();
  const said = words.history;
  const rollback = (version: Version) =>
    void action.run(async () => {
      await api.post(channelPath(channel.name, '/rollback'), { version: version.version });
      setChosen(null);
      announce(said.rolledBack);
      history.reload();
    });
  const versions = [...(history.value?.versions ?? [])].sort((left, right) => right.version - left.version);
  return (
    <Card>
      <p class="soft">{said.text}</p>
      <ProblemNote problem={history.problem} />
      {!history.value && history.isLoading && <Loading />}
      {history.value && versions.length === 0 && <p>{said.empty}</p>}
      {versions.length > 0 && (
        <ul class="list">
          {versions.map((version) => (
            <li key={version.version} class="candidate" data-version={version.version}>
              <div>
                <div class="headline">
                  <strong>{said.version} {version.version}</strong>
                  <Badge tone={version.state === 'current' ? 'good' : 'none'}>{words.versionState(version.state)}</Badge>
                </div>
                <div class="small">
                  {said.from} {words.source(version.source)}, {dateTime(version.created_at)}.
                  {' '}{said.expires}: {version.expires_at ? date(version.expires_at) : version.expiry_known ? words.never : words.notTold}
                </div>
                <div class="small soft"><code>{version.fingerprint}</code></div>
              </div>
              {version.state === 'retired' && (
                <Button isLittle label={`${said.rollback}: ${said.version} ${version.version}`} onClick={() => setChosen(version)}>
                  {said.rollback}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {chosen && (
        <Confirm
          title={said.rollbackTitle(chosen.version)} action={said.rollback} isBusy={action.isBusy}
          onClose={() => { setChosen(null); action.clear(); }} onConfirm={() => rollback(chosen)}
        >
          <p>{said.rollbackText}</p>
          <ProblemNote problem={action.problem} />
        </Confirm>
      )}
    </Card>
  );
}

export function Deliveries({ channel, onChange }: { channel: Channel; onChange: () => void }) {
  const path = channelPath(channel.name, '/deliveries');
  const list = useResource(path, () => api.get<{ deliveries: Delivery[] }>(path), ['channel']);
  const [removing, setRemoving] = useState<Delivery | null>(null);
  const action = useAction();
  const said = words.deliveries;
  const changed = () => {
    list.reload();
    onChange();
  };
  const remove = (delivery: Delivery) =>
    void action.run(async () => {
      await api.delete(`/v1/deliveries/${delivery.id}`);
      setRemoving(null);
      announce(said.removed);
      changed();
    });
  const deliveries = list.value?.deliveries ?? [];
  return (
    <>
      <Card>
        <p class="soft">{said.text}</p>
        <ProblemNote problem={list.problem} />
        {!list.value && list.isLoading && <Loading />}
        {list.value && deliveries.length === 0 && <p>{said.empty}</p>}
        {deliveries.length > 0 && (
          <ul class="list">
            {deliveries.map((delivery) => (
              <DeliveryRow
                key={delivery.id} delivery={delivery} current={channel.token?.version ?? 0} onChange={changed}
                onRemove={() => setRemoving(delivery)}
              />
            ))}
          </ul>
        )}
      </Card>
      <AddDelivery name={channel.name} onDone={changed} />
      {removing && (
        <Confirm
          title={said.removeTitle} action={said.remove} isDangerous isBusy={action.isBusy}
          onClose={() => { setRemoving(null); action.clear(); }} onConfirm={() => remove(removing)}
        >
          <p><code>{removing.path}</code></p>
          <p>{said.removeText}</p>
          <ProblemNote problem={action.problem} />
        </Confirm>
      )}
    </>
  );
}

interface DeliveryRowProps {
  delivery: Delivery;
  current: number;
  onChange: () => void;
  onRemove: () => void;
}

function DeliveryRow({ delivery, current, onChange, onRemove }: DeliveryRowProps) {
  const action = useAction();
  const said = words.deliveries;
  const isCurrent = delivery.version === current && current > 0;
  const test = () =>
    void action.run(async () => {
      const tested = await api.post<Delivery>(`/v1/deliveries/${delivery.id}/test`);
      onChange();
      if (tested.problem) throw new Problem(tested.problem);
      announce(said.tested);
    });
  return (
    <li class="stack-close">
      <div class="candidate">
        <div>
          <code>{delivery.path}</code>
          <div class="small soft">{delivery.token_key}, {delivery.id_key}</div>
          <div class="headline small">
            <Badge tone={isCurrent ? 'good' : delivery.failed_attempts > 0 ? 'bad' : 'warn'}>{isCurrent ? said.current : said.behind}</Badge>
            {delivery.delivered_at && <span>{said.delivered} <When at={delivery.delivered_at} /></span>}
            {delivery.failed_attempts > 0 && <span>{said.tries(delivery.failed_attempts)}</span>}
            {delivery.next_attempt_at && <span>{said.next} <When at={delivery.next_attempt_at} /></span>}
          </div>
        </div>
        <div class="row">
          <Button isLittle isBusy={action.isBusy} onClick={test} label={`${said.test} ${delivery.path}`}>{said.test}</Button>
          <Button isLittle onClick={onRemove} label={`${said.remove} ${delivery.path}`}>{said.remove}</Button>
        </div>
      </div>
      <ProblemNote problem={action.problem ?? delivery.problem} isAlert={action.problem !== null} />
    </li>
  );
}

function AddDelivery({ name, onDone }: { name: string; onDone: () => void }) {
  const [path, setPath] = useState('');
  const [tokenKey, setTokenKey] = useState('INSTAGRAM_ACCESS_TOKEN');
  const [idKey, setIdKey] = useState('INSTAGRAM_USER_ID');
  const [isTried, setTried] = useState(false);
  const action = useAction();
  const said = words.deliveries;
  const isBad = !path.trim().startsWith('/');
  const submit = () => {
    setTried(true);
    if (isBad) return;
    void action.run(async () => {
      const added = await api.post<Delivery>(channelPath(name, '/deliveries'), {
        path: path.trim(),
        token_key: tokenKey.trim(),
        id_key: idKey.trim(),
      });
      setPath('');
      setTried(false);
      onDone();
      // It is kept and tried again; what stands in its way is told.
      if (added.problem) throw new Problem(added.problem);
      announce(said.added);
    });
  };
  return (
    <Card title={said.add}>
      <Form onSubmit={submit}>
        <Field
          label={said.path} name="path" value={path} onInput={setPath} hint={said.pathHint}
          wrong={isTried && isBad ? words.add.badPath : null}
        />
        <div class="columns">
          <Field label={said.tokenKey} name="token-key" value={tokenKey} onInput={setTokenKey} />
          <Field label={said.idKey} name="id-key" value={idKey} onInput={setIdKey} />
        </div>
        <ProblemNote problem={action.problem} />
        <div class="row"><Button isSubmit isBusy={action.isBusy}>{said.add}</Button></div>
      </Form>
    </Card>
  );
}

export function Events({ name }: { name: string }) {
  const path = channelPath(name, '/events');
  const events = useResource(path, () => api.get<{ events: AuditEvent[] }>(path), ['channel']);
  const said = words.events;
  const list = [...(events.value?.events ?? [])].sort((left, right) => right.at.localeCompare(left.at));
  return (
    <Card>
      <ProblemNote problem={events.problem} />
      {!events.value && events.isLoading && <Loading />}
      {events.value && list.length === 0 && <p>{said.empty}</p>}
      {list.length > 0 && (
        <ol class="list" aria-label={said.label}>
          {list.map((event, index) => (
            <li key={`${event.at}-${index}`}>
              <div class="headline">
                <strong>{words.action(event.action)}</strong>
                <span class="small soft"><time dateTime={event.at}>{dateTime(event.at)}</time>, {said.by} {event.actor}</span>
              </div>
              {event.detail && <div class="small">{event.detail}</div>}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
