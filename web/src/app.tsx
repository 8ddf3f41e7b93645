// The frame: who is here, which screen the address means, and what all screens share.

import { useCallback, useEffect, useState } from 'preact/hooks';
import { api, problemOf, rememberSession, whenSignedOut } from './lib/api';
import { forgetDraft } from './lib/draft';
import { closeLive, openLive, setServerNow } from './lib/live';
import { Link, segment, usePath } from './lib/router';
import type { ProblemJson, Session } from './lib/types';
import { Button, Card, Loading, ProblemNote } from './parts/basics';
import { LiveRegion } from './parts/live-region';
import { Screen } from './parts/screen';
import { SetUp, SignIn } from './screens/access';
import { AddChannel } from './screens/add';
import { ChannelDetails } from './screens/channel';
import { Channels } from './screens/channels';
import { Compose } from './screens/compose';
import { Explain } from './screens/explain';
import { Import } from './screens/import';
import { Keys } from './screens/keys';
import { LoginResult } from './screens/login';
import { RehearsalBand } from './screens/machine';
import { PostDetails } from './screens/post';
import { Posts } from './screens/posts';
import { words } from './words';

function Top({ path, onSignOut }: { path: string; onSignOut: () => void }) {
  const said = words.nav;
  const links = [
    { href: '/', text: said.channels, isHere: path === '/' || path.startsWith('/channels/') || path.startsWith('/logins/') },
    { href: '/posts', text: said.posts, isHere: path === '/posts' || path.startsWith('/posts/') },
    { href: '/add', text: said.add, isHere: path === '/add' },
    { href: '/explain', text: said.explain, isHere: path === '/explain' },
    { href: '/keys', text: said.keys, isHere: path === '/keys' },
  ];
  return (
    <header class="top">
      <div class="top-inner">
        <Link class="brand" href="/">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" fill="#0f6b60" />
            <path
              d="M16 16c-2.4-3.6-4-5-6-5a5 5 0 0 0 0 10c2 0 3.6-1.4 6-5s4-5 6-5a5 5 0 0 1 0 10c-2 0-3.6-1.4-6-5z"
              fill="none" stroke="#fff" stroke-width="2.6" stroke-linejoin="round"
            />
          </svg>
          {words.product}
        </Link>
        <nav class="nav" aria-label={said.label}>
          {links.map((link) => (
            <Link key={link.href} href={link.href} aria-current={link.isHere ? 'page' : undefined}>{link.text}</Link>
          ))}
        </nav>
        <Button kind="plain" onClick={onSignOut}>{said.signOut}</Button>
      </div>
    </header>
  );
}

function Route({ path, session }: { path: string; session: Session }) {
  if (path === '/' || path === '/signin' || path === '/setup') return <Channels isRehearsal={session.sandbox} />;
  if (path === '/add') return <AddChannel />;
  if (path === '/explain') return <Explain />;
  if (path === '/keys') return <Keys />;
  if (path === '/posts') return <Posts />;
  if (path === '/posts/new') return <Compose key={location.search} />;
  if (path === '/posts/import') return <Import />;
  const changed = segment(path, '/posts/', '/edit');
  if (changed !== null) return <Compose key={changed} edit={changed} />;
  const post = segment(path, '/posts/');
  if (post !== null) return <PostDetails key={post} id={post} isRehearsal={session.sandbox} />;
  const channel = segment(path, '/channels/');
  if (channel !== null) return <ChannelDetails key={channel} name={channel} />;
  const login = segment(path, '/logins/');
  if (login !== null) return <LoginResult key={login} id={login} />;
  return (
    <Screen title={words.notFound}>
      <Card>
        <p>{words.notFoundText}</p>
        <div class="row"><Button href="/">{words.back}</Button></div>
      </Card>
    </Screen>
  );
}

export function App() {
  const path = usePath();
  const [session, setSession] = useState<Session | null>(null);
  const [problem, setProblem] = useState<ProblemJson | null>(null);
  const [hasEnded, setEnded] = useState(false);
  const accept = useCallback((next: Session) => {
    rememberSession(next);
    setServerNow(next.now);
    setProblem(null);
    setSession(next);
    if (next.signed_in) {
      setEnded(false);
      openLive();
    } else {
      closeLive();
    }
  }, []);
  const look = useCallback(() => {
    api.get<Session>('/v1/session').then(accept, (thrown: unknown) => setProblem(problemOf(thrown)));
  }, [accept]);
  useEffect(() => {
    whenSignedOut(() => {
      setEnded(true);
      look();
    });
    look();
  }, [look]);
  const signOut = () => {
    forgetDraft();
    api.delete('/v1/session').then(look, look);
  };

  if (!session) {
    return (
      <Screen title={words.product} isNarrow>
        {problem ? (
          <>
            <ProblemNote problem={problem} />
            <div class="row"><Button onClick={look}>{words.tryAgain}</Button></div>
          </>
        ) : (
          <Loading />
        )}
      </Screen>
    );
  }
  const isIn = session.set_up && session.signed_in;
  return (
    <>
      <a class="button skip" href="#content">{words.skip}</a>
      {isIn && session.sandbox && <RehearsalBand />}
      {isIn && <Top path={path} onSignOut={signOut} />}
      {!session.set_up ? (
        <SetUp onSession={accept} />
      ) : !session.signed_in ? (
        <SignIn onSession={accept} wasSignedIn={hasEnded} />
      ) : (
        <Route path={path} session={session} />
      )}
      <footer class="foot">{words.foot(session.version)}</footer>
      <LiveRegion />
    </>
  );
}
