// The page's pure helpers, without a browser.

import assert from 'node:assert/strict';
import { bundled, test } from './support.mjs';

const detect = await bundled('lib/detect.ts');
const time = await bundled('lib/time.ts');

const TOKEN = 'IGAA' + 'bC9'.repeat(40);
const FACEBOOK = 'EAA' + 'x1Y'.repeat(50);

test('helpers: what was pasted is recognised', () => {
  const cases = [
    ['', 'nothing'],
    [' \n ', 'nothing'],
    [TOKEN, 'token'],
    [FACEBOOK, 'token'],
    [`"${TOKEN}"`, 'token'],
    [`'${FACEBOOK}'\n`, 'token'],
    [`  ${TOKEN.slice(0, 30)}\n${TOKEN.slice(30)}  `, 'token'],
    [`access_token=${TOKEN}`, 'token'],
    [`Bearer ${TOKEN}`, 'token'],
    [`Authorization: Bearer ${TOKEN}`, 'token'],
    [`“${TOKEN}”`, 'token'],
    [`INSTAGRAM_ACCESS_TOKEN="${TOKEN}"`, 'env-file'],
    [`# app\nDEBUG=1\nINSTAGRAM_ACCESS_TOKEN=${TOKEN}\nINSTAGRAM_USER_ID=1784\n`, 'env-file'],
    [`export INSTAGRAM_ACCESS_TOKEN='${TOKEN}'`, 'env-file'],
    ['https://example.com/oauth/instagram/callback?code=AQB1&state=s1#_', 'callback-address'],
    ['http://127.0.0.1:8000/cb?error=access_denied&state=s1#_=_', 'callback-address'],
    ['https://example.com/?state=only', 'text'],
    ['Error validating access token: Session has expired', 'text'],
    ['{"error":{"message":"x","code":190}}', 'text'],
    ['level=error msg="token expired" code=190', 'text'],
    ['EAAshort', 'text'],
    ['<script>alert(1)</script>', 'text'],
  ];
  for (const [text, expected] of cases) assert.equal(detect.detect(text), expected, JSON.stringify(text).slice(0, 80));
});

test('helpers: a token inside an error text is taken out before the text is sent', () => {
  const text = `GET https://graph.instagram.com/me?access_token=${TOKEN} -> 400\ntoken ${FACEBOOK} too`;
  assert.equal(
    detect.withoutTokens(text),
    'GET https://graph.instagram.com/me?access_token=[token] -> 400\ntoken [token] too',
  );
  assert.equal(detect.withoutTokens('Session has expired'), 'Session has expired');
});

test('helpers: token and account are read out of a .env, quotes and all', () => {
  const read = (text) => detect.readEnv(text);
  assert.deepEqual(read('A=1\nINSTAGRAM_ACCESS_TOKEN="EAAx"\nINSTAGRAM_USER_ID= "1784" \n'), { token: '"EAAx"', account: '1784' });
  assert.deepEqual(read('export INSTAGRAM_ACCESS_TOKEN=EAAx\r\n'), { token: 'EAAx', account: '' });
  assert.deepEqual(read('INSTAGRAM_ACCESS_TOKEN="EAA\nx"\nB=2'), { token: '"EAA\nx"', account: '' });
  assert.deepEqual(read('FB_ACCESS_TOKEN=EAAy'), { token: 'EAAy', account: '' });
  assert.deepEqual(read('DEBUG=1'), { token: '', account: '' });
});

test('helpers: names of channels', () => {
  assert.equal(detect.isChannelName('my-cafe-2'), true);
  for (const bad of ['', 'My Cafe', 'café', 'a'.repeat(65), '<b>', 'a_b', '../x']) assert.equal(detect.isChannelName(bad), false, bad);
});

test('helpers: spans and instants in words', () => {
  assert.equal(time.span(59 * 86_400 + 5), '59 days');
  assert.equal(time.span(86_400), '24 hours');
  assert.equal(time.span(2 * 86_400), '2 days');
  assert.equal(time.span(3600), '1 hour');
  assert.equal(time.span(61), '1 minute');
  assert.equal(time.span(3), 'less than a minute');
  const now = Date.parse('2026-01-01T00:00:00Z');
  assert.equal(time.relative('2026-01-03T00:00:00Z', now), 'in 2 days');
  assert.equal(time.relative('2025-12-31T23:00:00Z', now), '1 hour ago');
  assert.equal(time.relative('2026-01-01T00:00:30Z', now), 'just now');
});

test('helpers: the share of life that is left', () => {
  const now = Date.parse('2026-01-31T00:00:00Z');
  assert.equal(time.lifeLeft('2026-01-01T00:00:00Z', '2026-03-02T00:00:00Z', now), 0.5);
  assert.equal(time.lifeLeft('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', now), 0);
  assert.equal(time.lifeLeft('2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', now), 1);
  assert.equal(time.lifeLeft('2026-01-01T00:00:00Z', null, now), null);
});
