// Keys for the API: made, shown once, listed, revoked.

import { useState } from 'preact/hooks';
import { api } from '../lib/api';
import { useAction, useResource } from '../lib/live';
import type { ApiKey } from '../lib/types';
import { Badge, Button, Card, CopyBox, EmptyState, Field, Form, Loading, ProblemNote, Select } from '../parts/basics';
import { Confirm, Dialog } from '../parts/dialog';
import { When } from '../parts/life-bar';
import { announce } from '../parts/live-region';
import { Screen } from '../parts/screen';
import { words } from '../words';
import type { ChannelList } from './channels';

// What the service knows today; scopes of publishing come with it.
const SCOPES = ['token:read', 'channels:read', 'channels:write', 'posts:read', 'posts:write', 'proxy', 'admin'] as const;

export function Keys() {
  const keys = useResource('keys', () => api.get<{ api_keys: ApiKey[] }>('/v1/api-keys'));
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<ApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const said = words.keys;
  const list = keys.value?.api_keys ?? [];
  return (
    <Screen title={said.title} actions={list.length > 0 && <Button onClick={() => setMaking(true)}>{said.make}</Button>}>
      <p>{said.text}</p>
      <ProblemNote problem={keys.problem} />
      {!keys.value && keys.isLoading && <Loading />}
      {keys.value && list.length === 0 && (
        <EmptyState title={said.empty}>
          <Button kind="primary" onClick={() => setMaking(true)}>{said.make}</Button>
        </EmptyState>
      )}
      {list.length > 0 && (
        <Card>
          <ul class="list">
            {list.map((key) => <KeyRow key={key.id} one={key} onRevoke={() => setRevoking(key)} />)}
          </ul>
        </Card>
      )}
      {isMaking && (
        <MakeKey
          onClose={() => setMaking(false)}
          onMade={(key) => {
            setMaking(false);
            setMade(key);
            keys.reload();
          }}
        />
      )}
      {made && (
        <Dialog title={said.made} onClose={() => setMade(null)}>
          <p>{said.madeText}</p>
          <CopyBox text={made.key ?? ''} what={said.key} />
          <div class="row"><Button kind="primary" onClick={() => setMade(null)}>{said.done}</Button></div>
        </Dialog>
      )}
      {revoking && (
        <Revoke
          one={revoking}
          onClose={() => setRevoking(null)}
          onDone={() => {
            setRevoking(null);
            keys.reload();
            announce(said.wasRevoked);
          }}
        />
      )}
    </Screen>
  );
}

function KeyRow({ one, onRevoke }: { one: ApiKey; onRevoke: () => void }) {
  const said = words.keys;
  return (
    <li class="candidate">
      <div>
        <div class="headline">
          <strong>{one.name}</strong>
          {one.revoked_at && <Badge tone="none">{said.revoked}</Badge>}
        </div>
        <div class="small">{one.scopes.map((scope) => said.scopeText[scope] ?? scope).join('; ')}</div>
        <div class="small soft">
          {one.channel ?? said.all}, {said.since} <When at={one.created_at} />
          {', '}{one.last_used_at ? <>{said.used} <When at={one.last_used_at} /></> : said.unused}
        </div>
      </div>
      {!one.revoked_at && <Button isLittle onClick={onRevoke} label={`${said.revoke} ${one.name}`}>{said.revoke}</Button>}
    </li>
  );
}

function MakeKey({ onClose, onMade }: { onClose: () => void; onMade: (key: ApiKey) => void }) {
  const channels = useResource('channels', () => api.get<ChannelList>('/v1/channels'));
  const [name, setName] = useState('');
  const [channel, setChannel] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>(['token:read']);
  const [isTried, setTried] = useState(false);
  const action = useAction();
  const said = words.keys;
  const submit = () => {
    setTried(true);
    if (name.trim() === '' || scopes.length === 0) return;
    void action.run(async () => {
      onMade(await api.post<ApiKey>('/v1/api-keys', { name: name.trim(), scopes, ...(channel ? { channel } : {}) }));
    });
  };
  const tick = (scope: string, isOn: boolean) =>
    setScopes(SCOPES.filter((one) => (one === scope ? isOn : scopes.includes(one))));
  return (
    <Dialog title={said.make} onClose={onClose}>
      <Form onSubmit={submit}>
        <Field
          label={said.name} name="key-name" hint={said.nameHint} value={name} onInput={setName}
          wrong={isTried && name.trim() === '' ? said.noName : null}
        />
        <fieldset class="field">
          <legend class="label">{said.scopes}</legend>
          {SCOPES.map((scope) => (
            <label class="choice" key={scope}>
              <input type="checkbox" checked={scopes.includes(scope)} onChange={(event) => tick(scope, event.currentTarget.checked)} />
              <span>{said.scopeText[scope]}<span class="small soft"> <code>{scope}</code></span></span>
            </label>
          ))}
          {isTried && scopes.length === 0 && <div class="wrong" role="alert">{said.noScope}</div>}
        </fieldset>
        <Select
          label={said.channel} value={channel} onChange={setChannel}
          options={[{ value: '', label: said.all }, ...(channels.value?.channels ?? []).map((one) => ({ value: one.name, label: one.name }))]}
        />
        <ProblemNote problem={action.problem} />
        <div class="row">
          <Button kind="primary" isSubmit isBusy={action.isBusy}>{said.make}</Button>
          <Button onClick={onClose}>{words.cancel}</Button>
        </div>
      </Form>
    </Dialog>
  );
}

function Revoke({ one, onClose, onDone }: { one: ApiKey; onClose: () => void; onDone: () => void }) {
  const action = useAction();
  const said = words.keys;
  return (
    <Confirm
      title={said.revokeTitle(one.name)} action={said.revoke} isDangerous isBusy={action.isBusy} onClose={onClose}
      onConfirm={() =>
        void action.run(async () => {
          await api.delete(`/v1/api-keys/${encodeURIComponent(one.id)}`);
          onDone();
        })}
    >
      <p>{said.revokeText}</p>
      <ProblemNote problem={action.problem} />
    </Confirm>
  );
}
