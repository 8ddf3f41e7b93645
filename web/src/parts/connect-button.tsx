// The button that begins a login: Meta leads the browser back by itself, or the address that it ends on is pasted.

import { api } from '../lib/api';
import { handLogin } from '../lib/handover';
import { useAction } from '../lib/live';
import { go } from '../lib/router';
import type { LoginOffer, LoginPath, StartedLogin } from '../lib/types';
import { Button, ProblemNote, type ButtonProps } from './basics';

export function startAddress(login: LoginPath, channel: string): string {
  return `/oauth/${login}/start?channel=${encodeURIComponent(channel)}`;
}

// Begins the login that is finished by pasting, and leads to its page, which has the address of the dialog.
export function usePasteLogin() {
  const action = useAction();
  const begin = (login: LoginPath, channel: string) =>
    void action.run(async () => {
      const started = await api.post<StartedLogin>('/v1/logins', { channel, login, via: 'paste' });
      handLogin(started.id, started.address);
      go(`/logins/${encodeURIComponent(started.id)}`);
    });
  return { ...action, begin };
}

type Props = Pick<ButtonProps, 'children' | 'kind' | 'isLittle' | 'label'> & {
  login: LoginPath;
  channel: string;
  offer: LoginOffer | undefined; // what the service says of this login
};

export function ConnectButton({ login, channel, offer, ...look }: Props) {
  const paste = usePasteLogin();
  if (offer?.comes_back_here !== false) return <Button {...look} isExternal href={startAddress(login, channel)} />;
  return (
    <>
      <Button {...look} isBusy={paste.isBusy} onClick={() => paste.begin(login, channel)} />
      <ProblemNote problem={paste.problem} />
    </>
  );
}
