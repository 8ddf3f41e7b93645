// Every screen in both themes and on a phone: no barrier that axe-core calls serious, nothing wider than the window.
// Pictures of each: build/test-logs/web/.

import assert from 'node:assert/strict';
import { ask, begin, control, fitsTheWidth, importChannel, isAccessible, openWindow, PASSWORD, setUp, shot, startService, test, until } from './support.mjs';

async function settled(page) {
  await page.getByText('Loading …').first().waitFor({ state: 'detached' });
}

// Channels in every state that a page can show.
async function fill(page, service) {
  await importChannel(page, service, 'cafe', { login: 'instagram', age_s: 5 * 86_400 });
  await importChannel(page, service, 'bakery', { login: 'facebook', account: 'corner_bakery', age_s: 45 * 86_400 });
  await importChannel(page, service, 'agency', { login: 'facebook', kind: 'system-user', lifetime: 'never', account: 'agency_one' });
  await importChannel(page, service, 'flower-shop', { login: 'facebook', account: 'flower_shop', age_s: 10 * 86_400 });
  await control(service, 'event', { type: 'password-changed', account: 'flower_shop' });
  // It takes two looks, apart, until Everlong believes it.
  await until('flower-shop is dead', async () => {
    await ask(page, 'POST', '/v1/sandbox/clock', { advance_s: 90_000 });
    await page.waitForTimeout(300);
    return (await ask(page, 'GET', '/v1/channels/flower-shop')).body.state === 'dead';
  });
  await ask(page, 'POST', '/v1/api-keys', { name: 'backend of the café', scopes: ['token:read'], channel: 'cafe' });
}

async function look(page, name, { isPhone = false } = {}) {
  await settled(page);
  await fitsTheWidth(page, name);
  await isAccessible(page, name);
  await shot(page, isPhone ? `${name}-phone` : name);
}

async function everyScreen(t, { width, height, scheme }) {
  const isPhone = width < 500;
  const service = await startService(t);
  const page = await openWindow(t, { width, height, scheme, reducedMotion: isPhone ? 'reduce' : 'no-preference' });
  const on = (name) => look(page, `${name}-${scheme}`, { isPhone });
  const to = (path) => page.goto(new URL(path, service.address).href);
  await page.goto(service.address);
  await page.getByRole('heading', { name: 'Open the set-up link' }).waitFor();
  await on('no-link');
  await page.goto('about:blank');
  await page.goto(service.firstVisit);
  await page.getByLabel('The same once more').waitFor();
  await on('set-up');
  await setUp(page, service);
  await page.getByRole('heading', { name: 'No channel yet' }).waitFor();
  await on('empty');

  await fill(page, service);
  await to('/');
  await page.locator('[data-channel="flower-shop"][data-state="dead"]').waitFor();
  await on('channels');
  await page.locator('#time-machine').click();
  await page.getByRole('button', { name: 'Meta down' }).waitFor();
  await on('time-machine');
  await page.locator('#time-machine').click();
  await page.getByRole('link', { name: 'cafe', exact: true }).click();
  await page.getByRole('heading', { name: 'The token', exact: true }).waitFor();
  await on('channel');
  for (const tab of ['Checks', 'History', 'Deliveries', 'Events']) {
    await page.getByRole('tab', { name: tab }).click();
    if (tab === 'Checks') await page.locator('[data-check]').first().waitFor();
    await on(`channel-${tab.toLowerCase()}`);
  }
  await page.getByRole('tab', { name: 'Overview' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await on('channel-remove');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await to('/channels/flower-shop');
  await page.locator('[data-state="dead"]').waitFor();
  await on('channel-dead');
  await to('/add');
  await page.locator('#connect-facebook').waitFor();
  await page.getByText('Addresses for Meta’s dashboard').click();
  await on('add');
  for (const way of ['paste', 'env', 'file']) {
    await to(`/add?way=${way}`);
    await page.getByRole('button', { name: 'Add it' }).waitFor();
    await on(`add-${way}`);
  }
  await page.getByRole('button', { name: 'Add it' }).click();
  await page.getByRole('alert').first().waitFor();
  await on('add-wrong');

  await to('/explain');
  await page.getByLabel('What you have').fill('(#10) Application does not have permission for this action');
  await page.getByRole('button', { name: 'Explain it' }).click();
  await page.getByText('Cause', { exact: true }).waitFor();
  await on('explain');
  await to('/keys');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByLabel('What it is for').waitFor();
  await on('keys-make');
  await page.getByLabel('What it is for').fill('x');
  await page.getByRole('dialog').getByRole('button', { name: 'Make a key' }).click();
  await page.getByRole('button', { name: 'I have copied it' }).waitFor();
  await on('keys-made');
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await on('keys');

  const login = (await ask(page, 'POST', '/v1/logins', { channel: 'new-one', login: 'facebook', via: 'paste' })).body;
  await to(`/logins/${login.id}`);
  await page.getByRole('heading', { name: 'Waiting for the login' }).waitFor();
  await on('login-waiting');
  await to('/oauth/facebook/start?channel=bistro');
  await page.locator('#person').selectOption({ label: 'Tina Twopages' });
  await page.locator('#switch').click();
  await page.waitForFunction(() => document.querySelector('#person option:checked')?.textContent === 'Tina Twopages');
  await on('dialog');
  await page.locator('#approve').click();
  await page.getByRole('heading', { name: 'Which account is it?' }).waitFor();
  await on('login-choosing');
  await page.getByRole('button', { name: 'Use @demo_bistro' }).click();
  await page.getByRole('heading', { name: 'Connected', level: 1 }).waitFor();
  await on('login-connected');
  await to('/oauth/facebook/start?channel=paul');
  await page.locator('#person').selectOption({ label: 'Paul Personal' });
  await page.locator('#switch').click();
  await page.waitForFunction(() => document.querySelector('#person option:checked')?.textContent === 'Paul Personal');
  await page.locator('#approve').click();
  await page.locator('[data-usable="false"]').first().waitFor();
  await on('login-refused');
  await to('/nowhere');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await on('not-found');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await on('sign-in');
}

test('every screen, light, on a desk', (t) => everyScreen(t, { width: 1100, height: 800, scheme: 'light' }));
test('every screen, dark, on a phone of 360 x 740', (t) => everyScreen(t, { width: 360, height: 740, scheme: 'dark' }));
test('every screen, light, on a phone of 360 x 740', (t) => everyScreen(t, { width: 360, height: 740, scheme: 'light' }));
test('every screen, dark, on a desk', (t) => everyScreen(t, { width: 1100, height: 800, scheme: 'dark' }));

test('dark and light are two looks of the same page', async (t) => {
  const service = await startService(t);
  const grounds = [];
  for (const scheme of ['light', 'dark']) {
    const page = await openWindow(t, { scheme });
    await page.goto(service.address);
    await page.locator('h1').waitFor();
    grounds.push(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor));
  }
  assert.deepEqual(grounds, ['rgb(246, 247, 246)', 'rgb(17, 22, 20)']);
});

// Every step by Tab, Enter and the letters: no mouse.
test('keyboard only: from the set-up link to a connected channel', async (t) => {
  const service = await startService(t);
  const page = await openWindow(t);
  const tabTo = async (what, matches) => {
    for (let i = 0; i < 60; ++i) {
      if (await page.evaluate(matches)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`60 times Tab did not lead to ${what}`);
  };
  const hasFocus = (selector) => `document.activeElement?.matches(${JSON.stringify(selector)})`;
  const saysText = (text) => `document.activeElement?.textContent.trim() === ${JSON.stringify(text)}`;
  await page.goto(service.firstVisit);
  await page.getByLabel('Password').waitFor();
  await tabTo('the password', hasFocus('[name=password]'));
  await page.keyboard.type(PASSWORD);
  await tabTo('the second password', hasFocus('[name=again]'));
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'No channel yet' }).waitFor();
  await tabTo('Connect the demo account', hasFocus('#connect-demo'));
  // The focus can be seen.
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none');
  await page.keyboard.press('Enter');
  await page.locator('#approve').waitFor();
  await tabTo('the dialog’s Continue', hasFocus('#approve'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Connected', level: 1 }).waitFor();
  await tabTo('To the channel', saysText('To the channel'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'demo', level: 1 }).waitFor();
  await tabTo('the tabs', hasFocus('[role=tab]'));
  await page.keyboard.press('ArrowRight');
  await page.locator('[data-check]').first().waitFor();
  await page.keyboard.press('End');
  await page.locator('[role=tab][aria-selected=true]', { hasText: 'Events' }).waitFor();
  await page.keyboard.press('Home');
  await tabTo('Remove', saysText('Remove'));
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.ok(await page.evaluate(saysText('Remove')), 'the focus goes back to where the dialog was opened');
});

test('the page works with reduced motion and without animation', async (t) => {
  const { page } = await begin(t, { reducedMotion: 'reduce' });
  const spans = await page.evaluate(() =>
    [...document.querySelectorAll('*')].map((one) => getComputedStyle(one).transitionDuration).filter((one) => !/^0s/.test(one)));
  assert.deepEqual(spans, []);
});
