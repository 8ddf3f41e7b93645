// One channel: its token as Meta's Access Token Debugger would show it, and everything that can be done with it.

import { useEffect, useState } from 'preact/hooks';
import { api, channelPath } from '../lib/api';
import { isChannelName } from '../lib/detect';
import { useAction, useResource } from '../lib/live';
import { go } from '../lib/router';
import type { Channel, ConnectInfo, Inspection, LoginOffer, RefreshReport, Token } from '../lib/types';
import { Button, Card, CopyBox, Facts, Field, Form, Loading, ProblemNote, StateBadge } from '../parts/basics';
import { Capabilities } from '../parts/capabilities';
import { ConnectButton } from '../parts/connect-button';
import { Confirm, Dialog } from '../parts/dialog';
import { DateAndSpan, LifeBar, When } from '../parts/life-bar';
import { announce } from '../parts/live-region';
import { Screen } from '../parts/screen';
import { Tabs } from '../parts/tabs';
import { loginName, sentence, words } from '../words';
import { Checks, Deliveries, Events, History } from './channel-parts';
import { NextStep } from './channels';

const TABS = ['overview', 'checks', 'history', 'deliveries', 'events'] as const;
type Tab = (typeof TABS)[number];

function tabOfAddress(): Tab {
  return TABS.find((tab) => `#${tab}` === location.hash) ?? 'overview';
}

export function ChannelDetails({ name }: { name: string }) {
  const channel = useResource(name, () => api.get<Channel>(channelPath(name)), ['channel']);
  const connect = useResource('connect', () => api.get<ConnectInfo>('/v1/connect'));
  const [tab, setTab] = useState<Tab>(tabOfAddress);
  const said = words.channel;
  useEffect(() => {
    const read = () => setTab(tabOfAddress());
    window.addEventListener('popstate', read);
    return () => window.removeEventListener('popstate', read);
  }, []);
  const choose = (next: Tab) => {
    setTab(next);
    go(`/channels/${encodeURIComponent(name)}${next === 'overview' ? '' : `#${next}`}`, { replace: true });
  };
  // Both or nothing: what comes in later would push the buttons away from under a finger.
  const shown = connect.value || connect.problem ? channel.value : null;
  const offer = connect.value?.logins.find((one) => one.login === shown?.login);
  return (
    <Screen title={name}>
      {!shown && (channel.problem ? <ProblemNote problem={channel.problem} /> : <Loading />)}
      {shown && (
        <>
          <Summary channel={shown} offer={offer} onChange={channel.reload} />
          <Tabs label={said.tabsLabel} tabs={TABS.map((key) => ({ key, label: said.tabs[key] }))} current={tab} onChange={choose}>
            {tab === 'overview' && <Overview channel={shown} permissions={offer?.permissions ?? []} />}
            {tab === 'checks' && <Checks name={name} onChange={channel.reload} />}
            {tab === 'history' && <History channel={shown} />}
            {tab === 'deliveries' && <Deliveries channel={shown} onChange={channel.reload} />}
            {tab === 'events' && <Events name={name} />}
          </Tabs>
        </>
      )}
    </Screen>
  );
}

function Summary({ channel, offer, onChange }: { channel: Channel; offer: LoginOffer | undefined; onChange: () => void }) {
  const action = useAction();
  const said = words.channel;
  const renew = () =>
    void action.run(async () => {
      const report = await api.post<RefreshReport>(channelPath(channel.name, '/refresh'), { now: true });
      announce(report.refreshed ? said.renewed : `${said.notRenewed} ${report.note?.title ?? ''}`);
      onChange();
    });
  const canRenew = channel.token !== null && channel.state !== 'dead' && channel.state !== 'overdue' && channel.state !== 'unverified';
  return (
    <Card>
      <div class="headline" data-state={channel.state}>
        <StateBadge state={channel.state} />
        <span>{sentence(channel.reason)}</span>
      </div>
      <LifeBar token={channel.token} state={channel.state} />
      <ProblemNote problem={action.problem} />
      <div class="row">
        <NextStep channel={channel} offer={offer} onChange={onChange} />
        {canRenew && <Button isBusy={action.isBusy} onClick={renew}>{said.renewNow}</Button>}
        {channel.state === 'healthy' && offer?.has_app !== false && (
          <ConnectButton login={channel.login} channel={channel.name} offer={offer}>{said.reconnect}</ConnectButton>
        )}
      </div>
    </Card>
  );
}

function tokenRows(token: Token): [string, preact.ComponentChildren][] {
  const said = words.channel.facts;
  return [
    [said.kind, words.kind(token.kind)],
    [said.lifetime, words.lifetime(token.lifetime)],
    [said.issued, <DateAndSpan at={token.issued_at} none={words.notTold} />],
    [said.expires, <DateAndSpan at={token.expires_at} none={token.expiry_known ? words.never : words.notTold} />],
    [said.dataAccess, <DateAndSpan at={token.data_access_expires_at} none={words.notTold} />],
    [said.version, String(token.version)],
  ];
}

function Overview({ channel, permissions }: { channel: Channel; permissions: ConnectInfo['logins'][number]['permissions'] }) {
  const said = words.channel;
  const { token } = channel;
  return (
    <>
      {channel.problem && (
        <section class="stack-close" aria-label={said.lastProblem}>
          <p class="small soft">{said.lastProblem}{channel.problem.at ? <>, <When at={channel.problem.at} /></> : null}</p>
          <ProblemNote problem={channel.problem} isAlert={false} />
        </section>
      )}
      <div class="columns">
        <Card title={said.token}>
          {token ? (
            <>
              <Facts rows={tokenRows(token)} />
              <div class="field">
                <span class="small soft">{said.facts.fingerprint}. {said.fingerprintWhat}</span>
                <CopyBox text={token.fingerprint} what={said.facts.fingerprint} />
              </div>
              <AskMeta channel={channel} />
            </>
          ) : (
            <p>{said.noToken}</p>
          )}
        </Card>
        <div class="stack">
          <Card title={said.facts.account}>
            <Facts
              rows={[
                [said.facts.account, channel.username ? `@${channel.username}` : '–'],
                [said.facts.accountId, channel.ig_user_id ? <code>{channel.ig_user_id}</code> : '–'],
                [said.facts.accountType, words.accountType(channel.account_type)],
                [words.login.title, loginName[channel.login]],
                [said.facts.lastRenewal, <When at={channel.last_refresh_at} />],
                [said.facts.nextRenewal, <When at={channel.next_refresh_at} none="–" />],
                ...(channel.person_needed_by && channel.state !== 'dead'
                  ? [[said.facts.personNeeded, <DateAndSpan at={channel.person_needed_by} none="–" />] as [string, preact.ComponentChildren]]
                  : []),
              ]}
            />
          </Card>
          {token && (
            <Card title={said.permissions}>
              {token.scopes.length > 0 ? (
                <Capabilities permissions={permissions} granted={token.scopes} />
              ) : (
                <p>{said.scopesNotTold}</p>
              )}
            </Card>
          )}
        </div>
      </div>
      <Manage channel={channel} />
    </>
  );
}

// What Meta says of the token at this moment.
function AskMeta({ channel }: { channel: Channel }) {
  const [answer, setAnswer] = useState<Inspection | null>(null);
  const action = useAction();
  const said = words.channel;
  const ask = () =>
    void action.run(async () => {
      setAnswer(await api.post<Inspection>('/v1/inspect', { channel: channel.name }));
      announce(said.asked);
    });
  return (
    <>
      {answer && (
        <Facts
          rows={[
            [said.facts.valid, answer.valid ? said.valid : said.invalid],
            [said.facts.appId, answer.app_id ? <code>{answer.app_id}</code> : '–'],
            [said.facts.userId, answer.user_id ? <code>{answer.user_id}</code> : '–'],
          ]}
        />
      )}
      {answer && <ProblemNote problem={answer.problem} />}
      <ProblemNote problem={action.problem} />
      <div class="row">
        <Button isLittle isBusy={action.isBusy} onClick={ask}>{action.isBusy ? said.asking : said.ask}</Button>
      </div>
    </>
  );
}

function Manage({ channel }: { channel: Channel }) {
  const [open, setOpen] = useState<'rename' | 'remove' | null>(null);
  const said = words.channel;
  const close = () => setOpen(null);
  return (
    <Card title={said.manage}>
      <div class="row">
        <Button onClick={() => setOpen('rename')}>{said.rename}</Button>
        <Button kind="danger" onClick={() => setOpen('remove')}>{said.remove}</Button>
      </div>
      {open === 'rename' && <Rename name={channel.name} onClose={close} />}
      {open === 'remove' && <Remove name={channel.name} onClose={close} />}
    </Card>
  );
}

function Rename({ name, onClose }: { name: string; onClose: () => void }) {
  const [next, setNext] = useState(name);
  const [isTried, setTried] = useState(false);
  const action = useAction();
  const said = words.channel;
  const submit = () => {
    setTried(true);
    if (!isChannelName(next)) return;
    void action.run(async () => {
      await api.patch(channelPath(name), { name: next });
      onClose();
      announce(said.renamed(next));
      go(`/channels/${encodeURIComponent(next)}`, { replace: true });
    });
  };
  return (
    <Dialog title={said.renameTitle} onClose={onClose}>
      <Form onSubmit={submit}>
        <Field
          label={said.newName} name="new-name" value={next} onInput={setNext} hint={words.add.nameHint}
          wrong={isTried && !isChannelName(next) ? words.add.badName : null}
        />
        <ProblemNote problem={action.problem} />
        <div class="row">
          <Button kind="primary" isSubmit isBusy={action.isBusy}>{said.rename}</Button>
          <Button onClick={onClose}>{words.cancel}</Button>
        </div>
      </Form>
    </Dialog>
  );
}

function Remove({ name, onClose }: { name: string; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const action = useAction();
  const said = words.channel;
  const remove = () =>
    void action.run(async () => {
      await api.delete(channelPath(name));
      onClose();
      announce(said.removed(name));
      go('/', { replace: true });
    });
  return (
    <Confirm
      title={said.removeTitle(name)} action={said.remove} isDangerous isBusy={action.isBusy} isReady={typed === name}
      onClose={onClose} onConfirm={remove}
    >
      <p>{said.removeText}</p>
      <Field label={said.removeType(name)} name="confirm" value={typed} onInput={setTyped} />
      <ProblemNote problem={action.problem} />
    </Confirm>
  );
}
