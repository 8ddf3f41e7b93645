// What was pasted on one screen and belongs on another. It stays in memory: a token is never put into an address or
// into the browser's storage.

let pasted = '';

export function handOver(text: string): void {
  pasted = text;
}

export function takePasted(): string {
  const text = pasted;
  pasted = '';
  return text;
}

// Files that were dropped on the list of posts, for the import.
let dropped: readonly File[] = [];

export function handFiles(files: readonly File[]): void {
  dropped = files;
}

export function takeDropped(): readonly File[] {
  const files = dropped;
  dropped = [];
  return files;
}

// The address of Meta's dialog holds what binds its answer: it stays in memory too, and is gone after a reload.
let begun = { id: '', address: '' };

export function handLogin(id: string, address: string): void {
  begun = { id, address };
}

export function dialogAddress(id: string): string | null {
  return begun.id === id && /^https?:\/\//.test(begun.address) ? begun.address : null;
}

// The logins that this window has started or seen, by the channel: an address that was pasted back belongs to one.
const SEEN = 'everlong:login';

export interface SeenLogin {
  id: string;
  channel: string;
}

export function noteLogin(login: SeenLogin): void {
  try {
    sessionStorage.setItem(SEEN, JSON.stringify({ id: login.id, channel: login.channel }));
  } catch {
    // Without storage the login's own page still takes the address.
  }
}

export function seenLogin(): SeenLogin | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(SEEN) ?? 'null');
    if (typeof value !== 'object' || value === null) return null;
    const { id, channel } = value as Partial<SeenLogin>;
    return typeof id === 'string' && typeof channel === 'string' ? { id, channel } : null;
  } catch {
    return null;
  }
}
