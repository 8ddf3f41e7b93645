// What was pasted, found out in the browser: a token must never leave for a place that only explains texts.

export type Pasted = 'nothing' | 'token' | 'env-file' | 'callback-address' | 'text';

const TOKEN = /^(?:EAA|IGAA|IGQ|IG)[A-Za-z0-9_|-]{20,}$/;
const TOKEN_INSIDE = /(?:^|[^A-Za-z0-9])((?:EAA|IGAA|IGQ)[A-Za-z0-9_-]{20,})/;
const KEY_LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
const TOKEN_KEY = /^(?:[A-Z0-9_]*ACCESS_TOKEN|[A-Z0-9_]*(?:IG|INSTAGRAM|META|FB|FACEBOOK)[A-Z0-9_]*TOKEN)$/i;

// Without the quotes, blanks, line ends and prefixes that come along when a token is copied.
export function peel(text: string): string {
  let rest = text.replace(/[\s\u00a0\u200b-\u200d\ufeff]+/g, '');
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest
      .replace(/^["'`\u201c\u201d\u2018\u2019]+|["'`\u201c\u201d\u2018\u2019,;]+$/g, '')
      .replace(/^(?:Authorization:)?Bearer/i, '')
      .replace(/^"?(?:access_token|INSTAGRAM_ACCESS_TOKEN)"?[=:]/i, '');
  }
  return rest;
}

export function isToken(text: string): boolean {
  return TOKEN.test(peel(text));
}

// One "KEY=value" a line; comments and blank lines between them.
export function isEnvFile(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (lines.length === 0) return false;
  const keyed = lines.filter((line) => KEY_LINE.test(line));
  if (keyed.length === 0 || !/^\s*(?:export\s+)?[A-Z][A-Z0-9_]*\s*=/m.test(text)) return false;
  return keyed.some((line) => TOKEN_KEY.test(KEY_LINE.exec(line)?.[1] ?? '')) || keyed.length === lines.length;
}

export function isCallbackAddress(text: string): boolean {
  const query = /^\s*(?:https?:\/\/[^\s?]+)?\?(\S+)\s*$/.exec(text)?.[1];
  if (!query) return false;
  const parameters = new URLSearchParams(query.replace(/#.*$/, ''));
  return parameters.has('state') && (parameters.has('code') || parameters.has('error'));
}

export function detect(text: string): Pasted {
  if (text.trim() === '') return 'nothing';
  if (isCallbackAddress(text)) return 'callback-address';
  if (isEnvFile(text)) return 'env-file';
  if (isToken(text)) return 'token';
  return 'text';
}

// An error text may have a token in it (a copied request line, for example).
export function withoutTokens(text: string): string {
  return text.replace(new RegExp(TOKEN_INSIDE, 'g'), (all, token: string) => all.replace(token, '[token]'));
}

export interface FromEnv {
  token: string; // as written, quotes and all: the service cleans it and tells what was wrong
  account: string;
}

export function readEnv(text: string, tokenKey = 'INSTAGRAM_ACCESS_TOKEN', idKey = 'INSTAGRAM_USER_ID'): FromEnv {
  const found: FromEnv = { token: '', account: '' };
  let other = '';
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; ++i) {
    const match = KEY_LINE.exec(lines[i] ?? '');
    if (!match) continue;
    const key = match[1] ?? '';
    let value = match[2] ?? '';
    // A quoted value may go on over lines.
    const quote = /^["']/.exec(value)?.[0];
    while (quote && !value.slice(1).includes(quote) && i + 1 < lines.length && !KEY_LINE.test(lines[i + 1] ?? '')) {
      value += '\n' + (lines[++i] ?? '');
    }
    if (key === tokenKey) found.token = value;
    else if (key === idKey) found.account = peel(value);
    else if (TOKEN_KEY.test(key)) other ||= value;
  }
  found.token ||= other;
  return found;
}

// A name for a channel out of whatever a person or Meta calls it.
export function channelName(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
}

export function isChannelName(text: string): boolean {
  return /^[a-z0-9-]{1,64}$/.test(text);
}
