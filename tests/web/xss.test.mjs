// Texts from outside are shown as texts, whatever they hold. Each window checks at its end that no dialog opened, no
// stranger was asked, and the Content-Security-Policy had nothing to refuse.

import assert from 'node:assert/strict';
import { BASIC, isClean, STRINGS } from './hostile.mjs';
import { ask, begin, test } from './support.mjs';

// Every answer that holds texts from outside, with hostile ones in all of its fields: names of accounts and Pages, reasons,
// details of errors and events, evidence of checks, links. The words that the page decides by stay as they are.
const AT = '2026-01-01T00:00:00Z';
const problem = (text) => ({ title: text, detail: text, what_to_do: text, code: text, where: text, at: AT,
  graph: { http_status: 400, code: 190, subcode: 1, type: text, message: text, fbtrace_id: text } });
const token = (text) => ({ kind: text, lifetime: text, fingerprint: text, issued_at: AT, expires_at: AT, seconds_left: 0, expiry_known: true,
  data_access_expires_at: AT, scopes: [text], missing_scopes: [text], version: 1 });
const channel = (text, index) => ({ name: `x-${index}`, login: 'facebook', state: 'dead', reason: text, ig_user_id: text, username: text,
  account_type: text, token: token(text), last_refresh_at: AT, next_refresh_at: AT, person_needed_by: null, needs_person: true,
  created_at: AT, problem: problem(text) });
const delivery = (text, index) => ({ id: index, kind: text, path: text, token_key: text, id_key: text, in_place: false, version: 0,
  delivered_at: null, next_attempt_at: AT, failed_attempts: 1, due: true, problem: problem(text) });
const permission = (text) => ({ name: text, required: true, capability: text, consequence: text });
const candidate = (text) => ({ ig_user_id: null, username: null, account_type: text, page_id: text, page_name: text, usable: false,
  reason: text, what_to_do: text, link: text });
const login = (stage) => ({ id: 'L', channel: 'x-0', login: 'facebook', stage, expires_at: AT, redirect_uri: null, is_reconnect: true,
  asked: [], granted: [], declined: STRINGS.map(permission), accounts: STRINGS.map(candidate), accounts_complete: false,
  accounts_note: STRINGS[0], problem: problem(STRINGS[5]), channel_state: channel(STRINGS[1], 0) });
const ANSWERS = {
  '/v1/channels': { channels: STRINGS.map(channel), next: null },
  '/v1/channels/x-0': channel(STRINGS[0], 0),
  '/v1/channels/x-4': channel(STRINGS[4], 4),
  '/v1/channels/x-0/history': { versions: STRINGS.map((text, index) => ({ ...token(text), version: index, state: 'retired', source: text, created_at: AT })) },
  '/v1/channels/x-0/deliveries': { deliveries: STRINGS.map(delivery) },
  '/v1/channels/x-0/events': { events: STRINGS.map((text) => ({ at: AT, actor: text, action: text, channel: text, detail: text })) },
  '/v1/connect': { public_url: null, logins: ['facebook', 'instagram'].map((name) => ({ login: name, has_app: true, app_id: STRINGS[2],
    redirect_uris: STRINGS.slice(0, 50), comes_back_here: name === 'facebook', deauthorize_url: STRINGS[3], data_deletion_url: STRINGS[4], permissions: STRINGS.slice(50).map(permission) })) },
  '/v1/doctor': { healthy: false, report: STRINGS.join('\n'), env_text: STRINGS.join('\n'),
    checks: STRINGS.map((text) => ({ id: text, status: 'fail', cause: text, remedy: text, message: text, evidence: { [text]: text, list: [text] }, fixable: true, fixed: false })) },
  '/v1/inspect': { valid: false, problem: problem(STRINGS[6]), app_id: STRINGS[7], user_id: STRINGS[8], token: {}, repairs: [], warnings: [] },
  '/v1/api-keys': { api_keys: STRINGS.map((text, index) => ({ id: index, name: text, scopes: [text], channel: text, created_at: AT, last_used_at: null, revoked_at: null })) },
  '/v1/explain': { kind: 'error', cause: STRINGS[0], remedy: STRINGS[1], retry: STRINGS[2], title: STRINGS[3], what_happened: STRINGS[4],
    what_to_do: STRINGS, links: STRINGS, code: 1, subcode: 2, also: STRINGS.map((text) => ({ cause: text, remedy: text, how_to_tell: text })) },
  '/v1/logins/refused': login('refused'),
  '/v1/logins/choosing': login('choosing'),
  '/v1/logins/connected': login('connected'),
  '/v1/sandbox': { now: AT, address: STRINGS[0], people: STRINGS.map((text, index) => ({ id: String(index), name: text, accounts: [text] })) },
};

async function allShown(page, what) {
  const text = await page.evaluate(() => document.body.textContent);
  for (const wanted of STRINGS) assert.ok(text.includes(wanted), `${what}: ${wanted}`);
  await isClean(page);
}

test('150 strings in every answer: names, captions, reasons, details, evidence, links', async (t) => {
  assert.equal(STRINGS.length, 150);
  assert.equal(new Set(STRINGS).size, 150);
  const { service, page } = await begin(t);
  await page.route('**/v1/**', (route) => {
    const answer = ANSWERS[new URL(route.request().url()).pathname];
    return answer ? route.fulfill({ json: answer }) : route.continue();
  });
  const to = (path) => page.goto(new URL(path, service.address).href);
  await to('/');
  await page.locator('[data-channel="x-149"]').waitFor();
  await allShown(page, 'channels');
  await page.locator('#time-machine').click();
  await page.locator('.machine option').nth(149).waitFor({ state: 'attached' });
  await isClean(page);
  await to('/channels/x-0');
  await page.getByRole('button', { name: 'Ask Meta now' }).click();
  await page.getByText(STRINGS[7], { exact: true }).waitFor();
  await isClean(page);
  for (const tab of ['Checks', 'History', 'Deliveries', 'Events']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByText(STRINGS[149]).first().waitFor({ state: 'attached' });
    await allShown(page, tab);
  }
  await to('/channels/x-4');
  await page.getByRole('heading', { name: 'The token', exact: true }).waitFor();
  await isClean(page);
  for (const stage of ['refused', 'choosing', 'connected']) {
    await to(`/logins/${stage}`);
    await page.locator(`[data-stage="${stage}"]`).waitFor();
    await allShown(page, stage);
  }
  await to('/add');
  await page.locator('#connect-facebook').waitFor();
  await allShown(page, 'add');
  await to('/keys');
  await page.getByRole('button', { name: /^Revoke/ }).nth(149).waitFor();
  await allShown(page, 'keys');
  await to('/explain');
  await page.getByLabel('What you have').fill('x');
  await page.getByRole('button', { name: 'Explain it' }).click();
  await page.getByText('Cause', { exact: true }).waitFor();
  await allShown(page, 'explain');
});

test('150 strings as texts to explain and as names of keys', async (t) => {
  const { service, page } = await begin(t);
  await page.goto(new URL('/explain', service.address).href);
  for (const text of STRINGS) {
    await page.getByLabel('What you have').fill(text);
    const button = page.getByRole('button', { name: 'Explain it' });
    await button.click();
    await page.getByText('Cause', { exact: true }).waitFor();
    await isClean(page);
  }
  let made = 0;
  for (const text of STRINGS) {
    const answer = await ask(page, 'POST', '/v1/api-keys', { name: text, scopes: ['token:read'] });
    assert.ok([200, 201, 400, 422].includes(answer.status), JSON.stringify(answer.body));
    made += answer.status < 300 ? 1 : 0;
  }
  await page.goto(new URL('/keys', service.address).href);
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
  if (made > 0) await page.getByRole('button', { name: /^Revoke/ }).first().waitFor();
  await isClean(page);
});

test('150 strings as names of channels are refused, and the page says so in text', async (t) => {
  const { service, page } = await begin(t);
  for (const text of STRINGS) {
    const answer = await ask(page, 'POST', '/v1/channels', { name: text, token: 'IGAA' + 'x'.repeat(60) });
    assert.equal(answer.body.code, 'E_CHANNEL_NAME', JSON.stringify(answer.body));
  }
  for (const text of BASIC) {
    // In the address: unknown, shown as text or as no page at all.
    await page.goto(new URL(`/channels/${encodeURIComponent(text)}`, service.address).href);
    await page.locator('body').waitFor();
    if (await page.locator('h1').count()) await isClean(page);
  }
  await page.goto(new URL('/add?way=paste', service.address).href);
  for (const text of BASIC.slice(0, 10)) {
    await page.getByLabel('Name of the channel').fill(text);
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByText('Use 1 to 64 small letters').waitFor();
  }
});

test('strings as errors that Meta sends to the callback are shown as text', async (t) => {
  const { service, page } = await begin(t);
  for (const [index, text] of STRINGS.entries()) {
    if (index % 5) continue;
    await page.goto(new URL(`/oauth/${index % 2 ? 'instagram' : 'facebook'}/start?channel=c-${index}`, service.address).href);
    await page.locator('#deny').waitFor();
    const state = new URL(page.url()).searchParams.get('state') ?? (await page.locator('[name=state]').first().inputValue());
    const query = new URLSearchParams({ state, error: 'access_denied', error_reason: 'user_denied', error_description: text });
    await page.goto(new URL(`/oauth/${index % 2 ? 'instagram' : 'facebook'}/callback?${query}`, service.address).href);
    await page.locator('[data-stage]').waitFor();
    assert.ok(!page.url().includes('error_description'), 'nothing of the callback stays in the address');
    await isClean(page);
  }
});
