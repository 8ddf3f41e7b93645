// The way in: the set-up link of the first visit, and the sign-in.

import { useState } from 'preact/hooks';
import { api } from '../lib/api';
import { useAction } from '../lib/live';
import { go } from '../lib/router';
import type { Session } from '../lib/types';
import { Button, Card, Field, Form, Note, ProblemNote } from '../parts/basics';
import { announce } from '../parts/live-region';
import { Screen } from '../parts/screen';
import { words } from '../words';

const SHORTEST_PASSWORD = 10;

// The secret stands behind '#': the browser sends that part to nobody. It leaves the address bar at once.
let secretOfLink = '';

function takeSecret(): string {
  if (location.pathname === '/setup' && location.hash.length > 1) {
    secretOfLink = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, '', '/setup');
  }
  return secretOfLink;
}

export function SetUp({ onSession }: { onSession: (session: Session) => void }) {
  const [secret] = useState(takeSecret);
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [isTried, setTried] = useState(false);
  const action = useAction();
  const said = words.setup;
  if (!secret) {
    return (
      <Screen title={said.noSecret} isNarrow>
        <Card>
          <p>{said.noSecretText}</p>
        </Card>
      </Screen>
    );
  }
  const isShort = password.length < SHORTEST_PASSWORD;
  const submit = () => {
    setTried(true);
    if (isShort || password !== again) return;
    void action.run(async () => {
      const session = await api.post<Session>('/v1/setup', { secret, password });
      secretOfLink = '';
      go('/', { replace: true });
      onSession(session);
      announce(said.done);
    });
  };
  return (
    <Screen title={said.title} isNarrow>
      <p>{said.text}</p>
      <Card>
        <Form onSubmit={submit}>
          <Field
            label={said.password} type="password" name="password" autocomplete="new-password" value={password} isFocused
            onInput={setPassword} hint={said.passwordHint} wrong={isTried && isShort ? said.short : null}
          />
          <Field
            label={said.again} type="password" name="again" autocomplete="new-password" value={again} onInput={setAgain}
            wrong={isTried && !isShort && password !== again ? said.differ : null}
          />
          <ProblemNote problem={action.problem} />
          <div class="row"><Button kind="primary" isSubmit isBusy={action.isBusy}>{said.button}</Button></div>
        </Form>
      </Card>
    </Screen>
  );
}

export function SignIn({ onSession, wasSignedIn }: { onSession: (session: Session) => void; wasSignedIn: boolean }) {
  const [password, setPassword] = useState('');
  const action = useAction();
  const said = words.signIn;
  const submit = () => {
    void action.run(async () => {
      const session = await api.post<Session>('/v1/session', { password });
      if (location.pathname === '/signin' || location.pathname === '/setup') go('/', { replace: true });
      onSession(session);
    });
  };
  return (
    <Screen title={said.title} isNarrow>
      <Card>
        {wasSignedIn && <Note tone="warn"><p>{said.ended}</p></Note>}
        <Form onSubmit={submit}>
          <Field
            label={said.password} type="password" name="password" autocomplete="current-password" value={password}
            onInput={setPassword} isFocused
          />
          <ProblemNote problem={action.problem} />
          <div class="row"><Button kind="primary" isSubmit isBusy={action.isBusy}>{said.button}</Button></div>
          <p class="small soft">{said.forgotten}</p>
        </Form>
      </Card>
    </Screen>
  );
}
