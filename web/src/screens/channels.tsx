// All channels: how each one is, and what it needs.

import { api, channelPath } from '../lib/api';
import { useAction, useResource } from '../lib/live';
import { Link } from '../lib/router';
import type { Channel, ConnectInfo, LoginOffer, RefreshReport, State } from '../lib/types';
import { Button, EmptyState, Loading, ProblemNote, StateBadge, Steps } from '../parts/basics';
import { ConnectButton, startAddress } from '../parts/connect-button';
import { LifeBar, When } from '../parts/life-bar';
import { announce } from '../parts/live-region';
import { Screen } from '../parts/screen';
import { sentence, words } from '../words';

export interface ChannelList {
  channels: Channel[];
  next: string | null;
}

// What a person is asked to do first.
const order: Record<State, number> = { dead: 0, unconnected: 1, expiring: 2, overdue: 3, unverified: 4, healthy: 5 };

const postsInNeed = (channel: Channel) => channel.posts_held + channel.posts_uncertain + channel.posts_failed;

// Posts that need a person come behind a channel that does.
const rank = (channel: Channel) => Math.min(order[channel.state], postsInNeed(channel) > 0 ? order.overdue + 0.5 : order.healthy);

export function byNeed(left: Channel, right: Channel): number {
  return rank(left) - rank(right) || left.name.localeCompare(right.name);
}

// The one thing that helps a channel most; nothing where it is well.
export function NextStep({ channel, offer, onChange, isPrimary = true }: {
  channel: Channel;
  offer: LoginOffer | undefined;
  onChange: () => void;
  isPrimary?: boolean;
}) {
  const action = useAction();
  const said = words.channel;
  const kind = isPrimary ? 'primary' : 'usual';
  const renew = () =>
    void action.run(async () => {
      const report = await api.post<RefreshReport>(channelPath(channel.name, '/refresh'), { now: true });
      announce(report.refreshed ? said.renewed : `${said.notRenewed} ${report.note?.title ?? ''}`);
      onChange();
    });
  if (channel.state === 'healthy') return null;
  if (channel.state === 'overdue' || channel.state === 'unverified') {
    return (
      <>
        <Button kind={kind} isBusy={action.isBusy} onClick={renew} label={`${said.renewNow}: ${channel.name}`}>
          {channel.state === 'overdue' ? said.renewNow : said.check}
        </Button>
        <ProblemNote problem={action.problem} />
      </>
    );
  }
  const text = channel.state === 'unconnected' ? said.connect : said.reconnect;
  if (offer?.has_app === false) {
    return (
      <Button kind={kind} href={`/add?name=${encodeURIComponent(channel.name)}&way=paste`} label={`${said.newToken}: ${channel.name}`}>
        {said.newToken}
      </Button>
    );
  }
  return (
    <ConnectButton kind={kind} login={channel.login} channel={channel.name} offer={offer} label={`${text} ${channel.name}`}>
      {text}
    </ConnectButton>
  );
}

function ChannelRow({ channel, offer, onChange }: { channel: Channel; offer: LoginOffer | undefined; onChange: () => void }) {
  const said = words.channels;
  return (
    <li class="card flat" data-channel={channel.name} data-state={channel.state}>
      <div class="channel">
        <div class="who">
          <div class="headline">
            <Link class="channel-name" href={`/channels/${encodeURIComponent(channel.name)}`}>{channel.name}</Link>
            <StateBadge state={channel.state} />
          </div>
          <div class="small soft">{words.channel.account(channel.username, channel.login)}</div>
          <div class="small">{sentence(channel.reason)}</div>
          {postsInNeed(channel) > 0 && (
            <div class="small">
              <Link href={`/posts?channel=${encodeURIComponent(channel.name)}&state=needs-person`}>
                {said.posts(channel.posts_held, channel.posts_uncertain, channel.posts_failed)}
              </Link>
            </div>
          )}
        </div>
        <div class="stack-close">
          <LifeBar token={channel.token} state={channel.state} />
          <div class="small soft">
            {channel.last_refresh_at ? <>{said.lastRenewal} <When at={channel.last_refresh_at} /></> : said.neverRenewed}
            {channel.next_refresh_at && <>, {said.nextRenewal} <When at={channel.next_refresh_at} /></>}
          </div>
        </div>
        <div class="act"><NextStep channel={channel} offer={offer} onChange={onChange} /></div>
      </div>
    </li>
  );
}

function Newcomer({ isRehearsal }: { isRehearsal: boolean }) {
  const said = words.channels;
  if (!isRehearsal) {
    return (
      <EmptyState title={said.emptyTitle}>
        <p>{said.emptyText}</p>
        <Steps steps={said.steps} />
        <Button kind="primary" href="/add">{said.add}</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState title={said.emptyTitle}>
      <p>{said.emptyText}</p>
      <p>{said.emptySandbox}</p>
      <Steps steps={said.demoSteps} />
      <div class="row">
        <Button kind="primary" isExternal href={startAddress('instagram', 'demo')} id="connect-demo">{said.demo}</Button>
        <Button href="/add">{said.otherWays}</Button>
      </div>
    </EmptyState>
  );
}

export function Channels({ isRehearsal }: { isRehearsal: boolean }) {
  const list = useResource('channels', () => api.get<ChannelList>('/v1/channels'), ['channel', 'post']);
  const connect = useResource('connect', () => api.get<ConnectInfo>('/v1/connect'));
  const said = words.channels;
  // The way to connect is known before a button offers it.
  const isKnown = connect.value !== null || connect.problem !== null;
  const channels = isKnown ? [...(list.value?.channels ?? [])].sort(byNeed) : [];
  const needed = channels.filter((channel) => channel.state !== 'healthy' || postsInNeed(channel) > 0).length;
  const offerOf = (channel: Channel) => connect.value?.logins.find((offer) => offer.login === channel.login);
  return (
    <Screen title={said.title} actions={channels.length > 0 && <Button href="/add">{said.add}</Button>}>
      <ProblemNote problem={list.problem} />
      {!list.value && list.isLoading && <Loading />}
      {list.value && channels.length === 0 && <Newcomer isRehearsal={isRehearsal} />}
      {channels.length > 0 && (
        <>
          <p class="soft">{said.count(channels.length, needed)}</p>
          <ul class="stack">
            {channels.map((channel) => (
              <ChannelRow key={channel.name} channel={channel} offer={offerOf(channel)} onChange={list.reload} />
            ))}
          </ul>
        </>
      )}
      {list.value?.next && <p class="soft">{said.moreChannels}</p>}
    </Screen>
  );
}
