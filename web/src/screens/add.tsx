// Ways to a channel: log in with Meta, or bring a token that is there already.

import { useMemo, useState } from 'preact/hooks';
import { api } from '../lib/api';
import { isChannelName, isEnvFile, isToken, readEnv } from '../lib/detect';
import { takePasted } from '../lib/handover';
import { useAction, useResource } from '../lib/live';
import type { ConnectInfo, ImportReport, Inspection, LoginOffer } from '../lib/types';
import { Badge, Button, Card, CopyBox, Facts, Field, Form, Loading, Note, ProblemNote } from '../parts/basics';
import { startAddress, usePasteLogin } from '../parts/connect-button';
import { Screen } from '../parts/screen';
import { Tabs } from '../parts/tabs';
import { loginName, words } from '../words';

const WAYS = ['connect', 'paste', 'env', 'file'] as const;
type Way = (typeof WAYS)[number];

function wayOf(text: string | null): Way {
  return WAYS.find((way) => way === text) ?? 'connect';
}

export function AddChannel() {
  const query = useMemo(() => new URLSearchParams(location.search), []);
  const pasted = useMemo(takePasted, []);
  const pastedWay = isEnvFile(pasted) ? 'env' : isToken(pasted) ? 'paste' : null;
  const [way, setWay] = useState<Way>(pastedWay ?? wayOf(query.get('way')));
  const [name, setName] = useState(query.get('name') ?? '');
  const [isNameTried, setNameTried] = useState(false);
  const [done, setDone] = useState<ImportReport | null>(null);
  const said = words.add;
  const isNameGood = isChannelName(name);
  if (done) return <Added report={done} onAnother={() => { setDone(null); setName(''); setNameTried(false); }} />;
  const needName = () => {
    setNameTried(true);
    return isNameGood;
  };
  return (
    <Screen title={said.title}>
      <Card>
        <Field
          label={said.name} name="channel" value={name} hint={said.nameHint} isFocused
          onInput={(text) => setName(text.toLowerCase().replace(/[\s_]+/g, '-'))}
          wrong={isNameTried && !isNameGood ? said.badName : null}
        />
      </Card>
      <Tabs label={said.ways} tabs={WAYS.map((key) => ({ key, label: said[key] }))} current={way} onChange={setWay}>
        {way === 'connect' && <Connect name={name} needName={needName} />}
        {way === 'paste' && <Import key="paste" field="token" name={name} needName={needName} start={pasted} onDone={setDone} />}
        {way === 'env' && <Import key="env" field="env" name={name} needName={needName} start={pasted} onDone={setDone} />}
        {way === 'file' && <Import key="file" field="file" name={name} needName={needName} start="" onDone={setDone} />}
      </Tabs>
    </Screen>
  );
}

function Connect({ name, needName }: { name: string; needName: () => boolean }) {
  const info = useResource('connect', () => api.get<ConnectInfo>('/v1/connect'));
  const said = words.add;
  if (!info.value) return info.problem ? <ProblemNote problem={info.problem} /> : <Loading />;
  // What needs no person later comes first.
  const offers = [...info.value.logins].sort((left, right) => right.login.localeCompare(left.login));
  return (
    <>
      <div class="columns">
        {offers.map((offer) => <Offer key={offer.login} offer={offer} name={name} needName={needName} />)}
      </div>
      <Card>
        <details>
          <summary><h2 class="inline">{said.dashboard}</h2></summary>
          <div class="stack unfolded">
            <p>{said.dashboardText}</p>
            {offers.map((offer) => <Dashboard key={offer.login} offer={offer} />)}
          </div>
        </details>
      </Card>
    </>
  );
}

function Offer({ offer, name, needName }: { offer: LoginOffer; name: string; needName: () => boolean }) {
  const paste = usePasteLogin();
  const said = words.add;
  const connect = () => {
    if (!needName()) return;
    if (offer.comes_back_here) location.assign(startAddress(offer.login, name));
    else paste.begin(offer.login, name);
  };
  return (
    <section class="card offer" aria-label={loginName[offer.login]} data-login={offer.login}>
      <div class="headline">
        <h2>{loginName[offer.login]}</h2>
        {offer.login === 'instagram' && <Badge tone="good">{said.better}</Badge>}
      </div>
      <p>{offer.login === 'facebook' ? said.facebookText : said.instagramText}</p>
      <div>
        <h3>{said.asksFor}</h3>
        <ul class="marked">
          {offer.permissions.map((permission) => (
            <li key={permission.name}>
              <span class="mark none" aria-hidden="true">•</span>
              <div>
                {permission.required ? '' : `${said.optional} `}{permission.capability}
                <div class="small soft"><code>{permission.name}</code>, {said.without} {permission.consequence}</div>
              </div>
            </li>
          ))}
        </ul>
      </div>
      {offer.has_app ? (
        <>
          <Button kind="primary" id={`connect-${offer.login}`} isBusy={paste.isBusy} onClick={connect}>
            {said.connectWith(offer.login)}
          </Button>
          {!offer.comes_back_here && <p class="small soft">{said.byPasting}</p>}
          <ProblemNote problem={paste.problem} />
        </>
      ) : (
        <Note tone="warn" title={said.noApp}><p>{said.noAppWhat(offer.login)}</p></Note>
      )}
    </section>
  );
}

function Dashboard({ offer }: { offer: LoginOffer }) {
  const said = words.add;
  const named: [string, string][] = offer.redirect_uris.map((address) => [said.redirect, address]);
  if (offer.deauthorize_url) named.push([said.deauthorize, offer.deauthorize_url]);
  if (offer.data_deletion_url) named.push([said.deletion, offer.data_deletion_url]);
  return (
    <div class="stack-close">
      <h3>{said.dashboardOf(offer.login)}</h3>
      {offer.app_id && <Facts rows={[[said.appId, <code>{offer.app_id}</code>]]} />}
      {named.map(([what, address]) => (
        <div class="field" key={what + address}>
          <span class="small">{what}</span>
          <CopyBox text={address} what={`${what}: ${address}`} />
        </div>
      ))}
      {!offer.deauthorize_url && <p class="small soft">{said.noCallbacks}</p>}
    </div>
  );
}

interface ImportProps {
  field: 'token' | 'env' | 'file';
  name: string;
  needName: () => boolean;
  start: string;
  onDone: (report: ImportReport) => void;
}

function Import({ field, name, needName, start, onDone }: ImportProps) {
  const [text, setText] = useState(start);
  const [wrong, setWrong] = useState<string | null>(null);
  const [choice, setChoice] = useState<Inspection | null>(null);
  const action = useAction();
  const said = words.add;

  // What is sent: the token as it was written, so that the service can say what was wrong with it.
  const body = (): object | null => {
    if (field === 'file') {
      if (!text.trim().startsWith('/')) {
        setWrong(said.badPath);
        return null;
      }
      return { env_file: text.trim() };
    }
    if (field === 'token') return { token: text };
    const found = readEnv(text);
    if (!found.token) {
      setWrong(said.noTokenInEnv);
      return null;
    }
    return { token: found.token, ...(found.account ? { account: found.account } : {}) };
  };
  const add = (account?: string) => {
    setWrong(null);
    const sent = body();
    if (!needName() || !sent) return;
    void action.run(async () => {
      try {
        const report = await api.post<ImportReport>('/v1/channels', { name, ...sent, ...(account ? { account } : {}) });
        setText('');
        onDone(report);
      } catch (thrown) {
        // Several accounts are no mistake: they are looked up, and one is chosen.
        if (!isSeveral(thrown)) throw thrown;
        setChoice(await api.post<Inspection>('/v1/inspect', sent));
      }
    });
  };
  const label = { token: said.token, env: said.envText, file: said.path }[field];
  const hint = { token: said.tokenHint, env: said.envHint, file: said.pathHint }[field];
  return (
    <Card>
      <Form onSubmit={() => add()}>
        <Field label={label} hint={hint} value={text} onInput={setText} wrong={wrong} isLong={field !== 'file'} name={field} />
        <ProblemNote problem={action.problem} />
        {choice && (
          <Note tone="warn" title={said.chooseTitle}>
            <p>{said.chooseText}</p>
            <div class="row">
              {(choice.accounts ?? []).map((account) => (
                <Button key={account.ig_user_id} onClick={() => add(account.username ?? account.ig_user_id ?? '')}>
                  {said.choose(account.username ?? account.ig_user_id ?? '')}
                </Button>
              ))}
            </div>
          </Note>
        )}
        <div class="row">
          <Button kind="primary" isSubmit isBusy={action.isBusy}>{action.isBusy ? said.working : said.button}</Button>
        </div>
      </Form>
    </Card>
  );
}

function isSeveral(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && 'json' in thrown
    && (thrown as { json: { cause?: string } }).json.cause === 'several-accounts';
}

function Added({ report, onAnother }: { report: ImportReport; onAnother: () => void }) {
  const said = words.add;
  const { repairs, warnings, deliveries, how } = report.import;
  return (
    <Screen title={said.done(report.name)}>
      <Card>
        <p>{words.channel.account(report.username, report.login)}. {words.how(how)}</p>
        {repairs.length > 0 && (
          <Note tone="good" title={said.repaired}>
            <ul>{repairs.map((repair) => <li key={repair}>{words.repair(repair)}</li>)}</ul>
          </Note>
        )}
        {warnings.length > 0 && (
          <Note tone="warn" title={said.warnings}>
            <ul>{warnings.map((warning) => <li key={warning}>{warning}</li>)}</ul>
          </Note>
        )}
        {deliveries.map((delivery) => (
          <Note key={delivery.id} tone={delivery.delivered ? 'good' : 'bad'}>
            <p>{delivery.delivered ? said.delivered(delivery.path) : said.notDelivered(delivery.path)}</p>
            {!delivery.delivered && <ProblemNote problem={delivery.problem} isAlert={false} />}
          </Note>
        ))}
        <div class="row">
          <Button kind="primary" href={`/channels/${encodeURIComponent(report.name)}`}>{said.toChannel}</Button>
          <Button onClick={onAnother}>{said.another}</Button>
        </div>
      </Card>
    </Screen>
  );
}

