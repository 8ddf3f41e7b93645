// One login: where it stands, the choice of the account, and what came of it. Meta's dialog leads back to here.

import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../lib/api';
import { dialogAddress, noteLogin } from '../lib/handover';
import { useAction, useResource } from '../lib/live';
import type { Candidate, ConnectInfo, Login, LoginOffer } from '../lib/types';
import { Badge, Button, Card, Field, Form, Loading, Note, OutLink, ProblemNote, StateBadge, Steps } from '../parts/basics';
import { Declined } from '../parts/capabilities';
import { ConnectButton } from '../parts/connect-button';
import { LifeBar, When } from '../parts/life-bar';
import { announce } from '../parts/live-region';
import { Screen } from '../parts/screen';
import { sentence, stageTitle, words } from '../words';

export function LoginResult({ id }: { id: string }) {
  const path = `/v1/logins/${encodeURIComponent(id)}`;
  const login = useResource(path, () => api.get<Login>(path), ['login']);
  const connect = useResource('connect', () => api.get<ConnectInfo>('/v1/connect'));
  const [answered, setAnswered] = useState<Login | null>(null);
  const before = useRef<string | null>(null);
  const said = words.login;
  const shown = newer(login.value, answered);
  useEffect(() => {
    // Meta hangs '#_' or '#_=_' behind the address that it leads back to, and browsers carry it on.
    if (/^#_(=_)?$/.test(location.hash)) history.replaceState(null, '', location.pathname);
  }, []);
  useEffect(() => {
    if (shown && (shown.stage === 'waiting' || shown.stage === 'choosing')) noteLogin(shown);
    // Coming here is told by the heading; what changes while a person is here is told besides.
    if (shown && before.current && before.current !== shown.stage && shown.stage !== 'waiting') announce(stageTitle[shown.stage] ?? '');
    before.current = shown?.stage ?? null;
  }, [shown?.stage]);
  // The way to connect is known before a button offers it.
  const isKnown = connect.value !== null || connect.problem !== null;
  if (!shown || !isKnown) {
    return (
      <Screen title={login.problem?.status === 404 ? said.gone : said.title}>
        {login.problem?.status === 404 ? (
          <Card>
            <p>{said.goneText}</p>
            <div class="row">
              <Button kind="primary" href="/add">{words.add.title}</Button>
              <Button href="/">{words.back}</Button>
            </div>
          </Card>
        ) : login.problem ? (
          <ProblemNote problem={login.problem} />
        ) : (
          <Loading />
        )}
      </Screen>
    );
  }
  const offer = connect.value?.logins.find((one) => one.login === shown.login);
  return (
    <Screen title={stageTitle[shown.stage] ?? said.title}>
      <p class="soft">{said.of(shown.channel, shown.login)}</p>
      <div class="stack" data-stage={shown.stage}>
        <StageView login={shown} offer={offer} path={path} onAnswer={setAnswered} />
      </div>
    </Screen>
  );
}

// An answer to a choice is newer than the last look, until the next look knows of it too.
function newer(looked: Login | null, answered: Login | null): Login | null {
  const isOver = (login: Login | null) => login !== null && login.stage !== 'waiting' && login.stage !== 'choosing';
  if (!answered || !looked) return looked ?? answered;
  return isOver(looked) ? looked : answered;
}

interface StageProps {
  login: Login;
  offer: LoginOffer | undefined;
  path: string;
  onAnswer: (login: Login) => void;
}

function StageView(props: StageProps) {
  const { login, offer } = props;
  if (login.stage === 'waiting') return <Waiting {...props} />;
  if (login.stage === 'choosing') return <Choosing {...props} />;
  if (login.stage === 'connected') return <Connected login={login} offer={offer} />;
  return <Over login={login} offer={offer} />;
}

function Waiting({ login, path, onAnswer }: StageProps) {
  const said = words.login;
  const dialog = dialogAddress(login.id);
  const [address, setAddress] = useState('');
  const action = useAction();
  const finish = () => void action.run(async () => onAnswer(await api.post<Login>(`${path}/address`, { address: address.trim() })));
  const cancel = () => void action.run(async () => onAnswer(await api.delete<Login>(path)));
  return (
    <>
      <Card title={dialog ? said.stepsTitle : undefined}>
        {dialog ? <Steps steps={said.steps} /> : <p>{said.waiting}</p>}
        {dialog && <div class="row"><Button kind="primary" href={dialog} isNewTab id="open-dialog">{said.open}</Button></div>}
        <p class="small soft">{said.runsOut} <When at={login.expires_at} /></p>
      </Card>
      <Card title={dialog ? said.pasteHere : said.pasteTitle}>
        {!dialog && <p>{said.pasteText}</p>}
        <Form onSubmit={finish}>
          <Field label={said.address} name="address" value={address} onInput={setAddress} placeholder="https://…?code=…&state=…" />
          <ProblemNote problem={action.problem} />
          <div class="row">
            <Button kind="primary" isSubmit isBusy={action.isBusy}>{said.finish}</Button>
            <Button onClick={cancel}>{said.cancel}</Button>
          </div>
        </Form>
      </Card>
    </>
  );
}

function nameOf(candidate: Candidate): string {
  if (candidate.username) return `@${candidate.username}`;
  if (candidate.page_name) return words.login.noAccountOn(candidate.page_name);
  return candidate.ig_user_id ?? candidate.page_id ?? '–';
}

function CandidateRow({ candidate, action }: { candidate: Candidate; action?: preact.ComponentChildren }) {
  const said = words.login;
  return (
    <li class="candidate" data-usable={candidate.usable}>
      <div>
        <div class="headline">
          <strong>{nameOf(candidate)}</strong>
          {candidate.account_type && <span class="small soft">{words.accountType(candidate.account_type)}</span>}
          {!candidate.usable && <Badge tone="warn">{said.unusable}</Badge>}
        </div>
        {candidate.username && candidate.page_name && <div class="small soft">{said.page(candidate.page_name)}</div>}
        {!candidate.usable && (
          <div class="small">
            {candidate.reason && <p>{candidate.reason}</p>}
            {candidate.what_to_do && <p>{said.toDo} {candidate.what_to_do}</p>}
            {candidate.link && <p><OutLink href={candidate.link}>{said.help}</OutLink></p>}
          </div>
        )}
      </div>
      {action}
    </li>
  );
}

function Candidates({ login, actionOf }: { login: Login; actionOf?: (candidate: Candidate) => preact.ComponentChildren }) {
  if (login.accounts.length === 0) return null;
  // What can be used comes first; the order within is Meta's.
  const sorted = [...login.accounts].sort((left, right) => Number(right.usable) - Number(left.usable));
  return (
    <ul class="list">
      {sorted.map((candidate, index) => (
        <CandidateRow key={`${candidate.ig_user_id}-${candidate.page_id}-${index}`} candidate={candidate} action={actionOf?.(candidate)} />
      ))}
    </ul>
  );
}

function Choosing({ login, path, onAnswer }: StageProps) {
  const said = words.login;
  const action = useAction();
  const choose = (account: string) => void action.run(async () => onAnswer(await api.post<Login>(`${path}/choice`, { account })));
  const hasUsable = login.accounts.some((candidate) => candidate.usable);
  return (
    <Card>
      <p>{hasUsable ? said.choose : said.chooseNone}</p>
      <ProblemNote problem={action.problem} />
      <Candidates
        login={login}
        actionOf={(candidate) =>
          candidate.usable && candidate.ig_user_id !== null && (
            <Button kind="primary" isBusy={action.isBusy} onClick={() => choose(candidate.ig_user_id ?? '')}>
              {said.use(nameOf(candidate))}
            </Button>
          )}
      />
      {!login.accounts_complete && <Note tone="warn"><p>{login.accounts_note ?? said.incomplete}</p></Note>}
    </Card>
  );
}

type EndProps = Pick<StageProps, 'login' | 'offer'>;

function Missing({ login, offer }: EndProps) {
  const said = words.login;
  if (login.declined.length === 0) return null;
  const isRequired = login.declined.some((permission) => permission.required);
  return (
    <Note tone={isRequired ? 'bad' : 'warn'} title={said.declinedText}>
      <Declined permissions={login.declined} />
      {isRequired && <p>{said.missingRequired}</p>}
      <div class="row">
        <ConnectButton isLittle login={login.login} channel={login.channel} offer={offer}>{said.askAgain}</ConnectButton>
      </div>
    </Note>
  );
}

function Connected({ login, offer }: EndProps) {
  const said = words.login;
  const channel = login.channel_state;
  const account = channel?.username ? `@${channel.username}` : (channel?.ig_user_id ?? '');
  return (
    <Card>
      <p>{login.is_reconnect ? said.reconnectedText(account, login.channel) : said.connectedText(account, login.channel)}</p>
      {channel && (
        <div class="stack-close">
          <div class="headline"><StateBadge state={channel.state} /><span class="small">{sentence(channel.reason)}</span></div>
          <LifeBar token={channel.token} state={channel.state} />
        </div>
      )}
      <Missing login={login} offer={offer} />
      <div class="row">
        <Button kind="primary" href={`/channels/${encodeURIComponent(login.channel)}`}>{said.toChannel}</Button>
        <Button href="/">{words.back}</Button>
      </div>
    </Card>
  );
}

function Over({ login, offer }: EndProps) {
  const said = words.login;
  return (
    <Card>
      <ProblemNote problem={login.problem} />
      {login.is_reconnect && <p>{said.oldStays}</p>}
      <Missing login={login} offer={offer} />
      <Candidates login={login} />
      {login.accounts.length > 0 && !login.accounts_complete && (
        <Note tone="warn"><p>{login.accounts_note ?? said.incomplete}</p></Note>
      )}
      <div class="row">
        <ConnectButton kind="primary" login={login.login} channel={login.channel} offer={offer}>{said.again}</ConnectButton>
        <Button href="/">{words.back}</Button>
      </div>
    </Card>
  );
}
