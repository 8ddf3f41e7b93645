// The time machine: what a year and its mishaps do to channels, seen on the page.

import assert from 'node:assert/strict';
import { ask, begin, importChannel, jump, test, until } from './support.mjs';

async function stateIs(page, name, state) {
  await page.locator(`[data-channel="${name}"][data-state="${state}"]`).waitFor();
}

// Everlong believes an end only after two looks, apart.
async function daysUntilDead(page, name) {
  let looks = 0;
  await until(`${name} is dead`, async () => {
    await jump(page, '1 day');
    await page.waitForTimeout(300);
    ++looks;
    return (await ask(page, 'GET', `/v1/channels/${name}`)).body.state === 'dead';
  });
  assert.ok(looks >= 2, 'dead at the first look');
}

async function press(page, label, said) {
  const machine = page.locator('#time-machine');
  if ((await machine.getAttribute('aria-expanded')) !== 'true') await machine.click();
  await page.getByRole('button', { name: label, exact: true }).click();
  await page.getByText(said).first().waitFor();
}

test('a year: the Instagram channel renews by itself, the Facebook channel asks for a person and ends', async (t) => {
  const { service, page } = await begin(t);
  await importChannel(page, service, 'cafe', { login: 'instagram', age_s: 2 * 86_400 });
  await importChannel(page, service, 'shop', { login: 'facebook', account: 'shop_one' });
  await importChannel(page, service, 'forever', { login: 'facebook', kind: 'system-user', lifetime: 'never', account: 'agency_one' });
  await page.reload();
  await stateIs(page, 'cafe', 'healthy');
  const fingerprints = new Set();
  const states = [];
  for (let month = 1; month <= 12; ++month) {
    await jump(page, '30 days');
    await page.waitForFunction(async (least) => {
      const { channels } = await (await fetch('/v1/channels')).json();
      const cafe = channels.find((one) => one.name === 'cafe');
      return cafe.state === 'healthy' && cafe.token.version >= least;
    }, month);
    await stateIs(page, 'cafe', 'healthy');
    await stateIs(page, 'forever', 'healthy');
    const { body } = await ask(page, 'GET', '/v1/channels');
    fingerprints.add(body.channels.find((one) => one.name === 'cafe').token.fingerprint);
    const shop = body.channels.find((one) => one.name === 'shop');
    states.push(shop.state);
    await stateIs(page, 'shop', shop.state);
  }
  assert.ok(fingerprints.size >= 10, `only ${fingerprints.size} tokens in twelve months`);
  assert.deepEqual([...new Set(states)], ['healthy', 'dead']);
  await page.locator('[data-channel="shop"]').getByRole('link', { name: 'Reconnect shop' }).waitFor();
  await page.getByText('1 of 3 needs attention').waitFor();
});

test('password changed: dead after two looks, not after one', async (t) => {
  const { service, page } = await begin(t);
  await importChannel(page, service, 'cafe', { login: 'instagram', age_s: 2 * 86_400 });
  await page.reload();
  await stateIs(page, 'cafe', 'healthy');
  await press(page, 'Password changed', 'Meta ends all tokens');
  await daysUntilDead(page, 'cafe');
  await stateIs(page, 'cafe', 'dead');
  await page.locator('[data-channel="cafe"]').getByText(/password/i).waitFor();
});

test('Meta down for a month: overdue, never dead; renewed when Meta is up', async (t) => {
  const { service, page } = await begin(t);
  await importChannel(page, service, 'cafe', { login: 'instagram', age_s: 2 * 86_400 });
  await page.reload();
  await stateIs(page, 'cafe', 'healthy');
  await press(page, 'Meta down', 'fails with 503');
  await jump(page, '30 days');
  await stateIs(page, 'cafe', 'overdue');
  await press(page, 'Meta up', 'answers again');
  await jump(page, '1 day');
  await stateIs(page, 'cafe', 'healthy');
});

test('permission revoked and app removed are told in words', async (t) => {
  const { service, page } = await begin(t);
  await importChannel(page, service, 'cafe', { login: 'facebook' });
  await page.reload();
  await stateIs(page, 'cafe', 'healthy');
  await press(page, 'App removed', 'removed the app');
  await daysUntilDead(page, 'cafe');
  await stateIs(page, 'cafe', 'dead');
  await page.locator('[data-channel="cafe"]').getByText(/removed the app/).waitFor();
});
