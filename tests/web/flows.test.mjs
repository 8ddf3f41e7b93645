// What a person does, from the set-up link on, through the simulator's own dialogs.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ask, begin, control, importChannel, isAccessible, jump, openWindow, PASSWORD, read, setUp, startService, test, write } from './support.mjs';

const row = (page, name) => page.locator(`[data-channel="${name}"]`);

async function stateIs(page, name, state) {
  await page.locator(`[data-channel="${name}"][data-state="${state}"]`).waitFor();
}

async function home(page) {
  await page.getByRole('link', { name: 'Channels', exact: true }).click();
  await page.getByRole('heading', { name: 'Channels', level: 1 }).waitFor();
}

async function channelOf(page, name) {
  return (await ask(page, 'GET', `/v1/channels/${name}`)).body;
}

// From the Add page into the dialog of the simulator.
async function startLogin(page, name, login) {
  await page.goto(new URL('/add', page.url()).href);
  await page.getByLabel('Name of the channel').fill(name);
  await page.locator(`#connect-${login}`).click();
  await page.locator('#approve').waitFor();
}

async function switchPerson(page, name) {
  await page.locator('#person').selectOption({ label: name });
  await page.locator('#switch').click();
  await page.waitForFunction((who) => document.querySelector('#person option:checked')?.textContent === who, name);
}

async function connect(page, name, login) {
  await startLogin(page, name, login);
  await page.locator('#approve').click();
  await page.getByRole('heading', { name: 'Connected', level: 1 }).waitFor();
}

test('a newcomer connects the demo account, jumps 59 days and sees the token renew', async (t) => {
  const { page } = await begin(t);
  await page.getByRole('heading', { name: 'No channel yet' }).waitFor();
  await page.getByRole('link', { name: 'Connect the demo account' }).click();
  await page.locator('#approve').click();
  await page.getByRole('heading', { name: 'Connected', level: 1 }).waitFor();
  assert.match(page.url(), /\/logins\/[^?#]+$/, 'neither code nor state stays in the address');
  await page.getByText('@demo_cafe is connected as demo.').waitFor();
  await home(page);
  await stateIs(page, 'demo', 'healthy');
  const before = await channelOf(page, 'demo');
  await jump(page, '59 days');
  await row(page, 'demo').getByText(/^Renewed/).waitFor();
  await stateIs(page, 'demo', 'healthy');
  await row(page, 'demo').getByText(/(5\d|60) days left/).waitFor();
  const after = await channelOf(page, 'demo');
  assert.notEqual(after.token.fingerprint, before.token.fingerprint);
  assert.ok(after.token.version > before.token.version);
});

for (const login of ['instagram', 'facebook']) {
  test(`${login}: from the set-up link to a connected channel`, async (t) => {
    const { page } = await begin(t);
    await connect(page, 'shop', login);
    await page.getByRole('link', { name: 'To the channel', exact: true }).click();
    await page.getByRole('heading', { name: 'shop', level: 1 }).waitFor();
    await page.locator('[data-state="healthy"]').waitFor();
    await page.getByText('Long (60 days)').waitFor();
    const granted = page.locator('[data-permission][data-granted="true"]');
    assert.ok((await granted.count()) >= 2);
    const { body } = await ask(page, 'GET', '/v1/channels/shop');
    assert.equal(body.login, login);
    assert.equal(body.username, 'demo_cafe');
    assert.match(body.token.fingerprint, /^sha256:[0-9a-f]{12}$/);
  });
}

test('facebook: asked for a person, reconnected by one click, healthy with its history', async (t) => {
  const { page } = await begin(t);
  await connect(page, 'shop', 'facebook');
  await home(page);
  for (const label of ['30 days', '7 days', '1 day', '1 day']) await jump(page, label);
  await stateIs(page, 'shop', 'expiring');
  await row(page, 'shop').getByRole('link', { name: 'Reconnect shop' }).click();
  await page.locator('#approve').click();
  await page.getByRole('heading', { name: 'Connected', level: 1 }).waitFor();
  await page.getByText('shop keeps its history and deliveries').waitFor();
  await home(page);
  await stateIs(page, 'shop', 'healthy');
  await page.getByRole('link', { name: 'shop', exact: true }).click();
  await page.getByRole('tab', { name: 'History' }).click();
  await page.locator('[data-version]').nth(1).waitFor();
});

test('reconnecting as another account is refused, both are named, the old token stays', async (t) => {
  const { page } = await begin(t);
  await connect(page, 'shop', 'facebook');
  const before = await channelOf(page, 'shop');
  await page.goto(new URL('/oauth/facebook/start?channel=shop', page.url()).href);
  await switchPerson(page, 'Tina Twopages');
  await page.locator('#approve').click();
  await page.getByRole('heading', { name: 'Not connected', level: 1 }).waitFor();
  const text = await page.locator('main').innerText();
  assert.match(text, /demo_cafe/);
  assert.match(text, /demo_b(akery|istro)/);
  assert.match(text, /The token that the channel had before is untouched/);
  assert.equal((await channelOf(page, 'shop')).token.fingerprint, before.token.fingerprint);
});

test('a permission that was unticked is told by what it costs', async (t) => {
  const { page } = await begin(t);
  await startLogin(page, 'shop', 'facebook');
  await page.locator('[id="permission-instagram_content_publish"], [value="instagram_content_publish"]').first().uncheck();
  await page.locator('#approve').click();
  const declined = page.locator('[data-declined="instagram_content_publish"]');
  await declined.waitFor();
  assert.match(await declined.innerText(), /nothing can be published/);
  await page.getByRole('link', { name: 'Ask again for what is missing' }).waitFor();
});

test('a login that was cancelled says so and leads back', async (t) => {
  const { page } = await begin(t);
  await startLogin(page, 'shop', 'instagram');
  await page.locator('#deny').click();
  await page.getByRole('heading', { name: /Not connected|cancelled/, level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Try again' }).waitFor();
  assert.equal((await ask(page, 'GET', '/v1/channels')).body.channels.filter((one) => one.token).length, 0);
});

test('the picker lists every account; the chosen one is connected', async (t) => {
  const { page } = await begin(t);
  await startLogin(page, 'bistro', 'facebook');
  await switchPerson(page, 'Tina Twopages');
  await page.locator('#approve').click();
  await page.getByRole('heading', { name: 'Which account is it?', level: 1 }).waitFor();
  await page.getByText('@demo_bakery', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Use @demo_bistro' }).click();
  await page.getByRole('heading', { name: 'Connected', level: 1 }).waitFor();
  assert.equal((await channelOf(page, 'bistro')).username, 'demo_bistro');
});

test('a person without a usable account is told which click mends it', async (t) => {
  const { page } = await begin(t);
  await startLogin(page, 'paul', 'facebook');
  await switchPerson(page, 'Paul Personal');
  await page.locator('#approve').click();
  const unusable = page.locator('[data-usable="false"]').first();
  await unusable.waitFor();
  assert.match(await unusable.innerText(), /What to do:/);
});

test('a quoted token with a line break is repaired and said so', async (t) => {
  const { service, page } = await begin(t);
  const { access_token: token } = await control(service, 'token', { login: 'facebook', lifetime: 'short' });
  await page.goto(new URL('/add?way=paste', page.url()).href);
  await page.getByLabel('Name of the channel').fill('cafe');
  await page.getByLabel('Token', { exact: true }).fill(`  "${token.slice(0, 40)}\n${token.slice(40)}" `);
  await page.getByRole('button', { name: 'Add it' }).click();
  await page.getByRole('heading', { name: 'cafe is connected' }).waitFor();
  const text = await page.locator('main').innerText();
  assert.match(text, /quotes around it were removed/);
  assert.match(text, /a line break inside it was removed/);
  assert.match(text, /exchanged for one of 60 days/);
  assert.equal((await channelOf(page, 'cafe')).token.lifetime, 'long');
});

test('a token that reaches several accounts asks which', async (t) => {
  const { service, page } = await begin(t);
  const { access_token: token } = await control(service, 'token', { login: 'facebook', account: 'demo_bakery' });
  await page.goto(new URL('/add?way=paste', page.url()).href);
  await page.getByLabel('Name of the channel').fill('bakery');
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Add it' }).click();
  await page.getByRole('button', { name: 'Use @demo_bakery' }).click();
  await page.getByRole('heading', { name: 'bakery is connected' }).waitFor();
  assert.equal((await channelOf(page, 'bakery')).username, 'demo_bakery');
});

test('a pasted .env: only its token is sent', async (t) => {
  const { service, page } = await begin(t);
  const { access_token: token, ig_user_id: id } = await control(service, 'token', { login: 'facebook' });
  const sent = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.postData() ?? ''));
  await page.goto(new URL('/add?way=env', page.url()).href);
  await page.getByLabel('Name of the channel').fill('cafe');
  await page.getByLabel('Content of the .env').fill(`SMTP_PASSWORD=hunter2\nINSTAGRAM_ACCESS_TOKEN='${token}'\nINSTAGRAM_USER_ID=${id}\n`);
  await page.getByRole('button', { name: 'Add it' }).click();
  await page.getByRole('heading', { name: 'cafe is connected' }).waitFor();
  assert.ok(sent.some((text) => text.includes(token)));
  assert.ok(!sent.some((text) => text.includes('hunter2')));
});

test('a .env is adopted by its path, kept up to date, tested and let go', async (t) => {
  const { service, page } = await begin(t);
  const { access_token: token } = await control(service, 'token', { login: 'facebook' });
  const path = join(service.folder, 'app/.env');
  write(path, `DEBUG=1\nINSTAGRAM_ACCESS_TOKEN="${token}"\n`);
  await page.goto(new URL('/add?way=file', page.url()).href);
  await page.getByLabel('Name of the channel').fill('cafe');
  await page.getByLabel('Path of the .env').fill(path);
  await page.getByRole('button', { name: 'Add it' }).click();
  await page.getByRole('heading', { name: 'cafe is connected' }).waitFor();
  assert.match(read(path), new RegExp(`^DEBUG=1\nINSTAGRAM_ACCESS_TOKEN=${token}\n`));
  await page.getByRole('link', { name: 'To the channel', exact: true }).click();
  await page.getByRole('tab', { name: 'Deliveries' }).click();
  await page.getByText('Holds the current token').waitFor();
  await page.getByRole('button', { name: `Test ${path}` }).click();
  await page.getByText('The file can be written and holds the current token.').waitFor();
  await page.getByRole('button', { name: `Remove ${path}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No delivery yet').waitFor();
});

test('the checks of a channel run, with evidence and a report that holds no token', async (t) => {
  const { service, page } = await begin(t);
  const { access_token: token } = await control(service, 'token', { login: 'facebook' });
  await ask(page, 'POST', '/v1/channels', { name: 'cafe', token });
  await page.goto(new URL('/channels/cafe#checks', page.url()).href);
  await page.locator('[data-check="token-valid"][data-status="pass"]').waitFor();
  assert.ok((await page.locator('[data-check]').count()) >= 10);
  await page.getByText('A report to share').click();
  const report = await page.getByLabel('A report to share', { exact: true }).innerText();
  assert.ok(report.length > 50 && !report.includes(token));
  await page.getByRole('button', { name: 'Run the checks again' }).click();
  await page.locator('[data-check="token-valid"][data-status="pass"]').waitFor();
});

test('what Meta says of the token, renaming, going back and removing', async (t) => {
  const { page } = await begin(t);
  await connect(page, 'shop', 'instagram');
  await jump(page, '7 days');
  await page.goto(new URL('/channels/shop', page.url()).href);
  await page.getByRole('button', { name: 'Renew now' }).click();
  await page.getByText('The token was renewed.').waitFor();
  await page.getByRole('button', { name: 'Ask Meta now' }).click();
  await page.getByText('yes, just now').waitFor();
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByRole('button', { name: 'Go back to this one: Version 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Go back to this one' }).click();
  await page.locator('[data-version="1"]', { hasText: 'In use' }).waitFor();
  await page.getByRole('tab', { name: 'Events' }).click();
  await page.getByText('Rolled back to an earlier token').waitFor();
  await page.getByRole('tab', { name: 'Overview' }).click();
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByLabel('New name').fill('store');
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('heading', { name: 'store', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/To confirm, type store/).fill('sto');
  await dialog.getByRole('button', { name: 'Remove' }).click({ force: true });
  assert.equal((await ask(page, 'GET', '/v1/channels/store')).status, 200, 'a half-typed name removes nothing');
  await dialog.getByLabel(/To confirm, type store/).fill('store');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: 'No channel yet' }).waitFor();
});

test('the box that takes anything explains an error and sends no token', async (t) => {
  const { service, page } = await begin(t);
  const { access_token: token } = await control(service, 'token', { login: 'facebook' });
  const explained = [];
  page.on('request', (request) => request.url().endsWith('/v1/explain') && explained.push(request.postData() ?? ''));
  await page.getByRole('link', { name: 'Explain' }).click();
  const box = page.getByLabel('What you have');
  await box.fill('{"error":{"message":"Error validating access token: Session has expired","type":"OAuthException","code":190,"error_subcode":463}}');
  await page.getByRole('button', { name: 'Explain it' }).click();
  await page.getByText('token-expired', { exact: true }).waitFor();
  await page.getByText('190 / 463').waitFor();
  await box.fill(`curl https://graph.facebook.com/me?access_token=${token} failed: (#190) Error validating access token`);
  await page.getByRole('button', { name: 'Explain it' }).click();
  await page.getByText('Cause', { exact: true }).waitFor();
  await box.fill(`"${token}"`);
  await page.getByText('This is a token').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Explain it' }).count(), 0);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Check this token' }).click();
  await page.locator('[data-check="token-format"]').waitFor();
  await box.fill(`INSTAGRAM_ACCESS_TOKEN="${token}"\n`);
  await page.getByRole('button', { name: 'Check and mend it' }).click();
  await page.getByRole('heading', { name: 'The mended file' }).waitFor();
  assert.ok((await page.getByLabel('The mended file', { exact: true }).innerText()).startsWith('INSTAGRAM_ACCESS_TOKEN=EAA'));
  await page.getByRole('button', { name: 'Add it as a channel' }).click();
  await page.getByRole('heading', { name: 'Add a channel' }).waitFor();
  assert.ok((await page.getByLabel('Content of the .env').inputValue()).includes(token));
  assert.ok(!page.url().includes(token));
  assert.equal(explained.length, 2);
  assert.ok(!explained.some((text) => text.includes(token)), 'no token went to explain');
});

test('a redirected address that is pasted back finishes the login', async (t) => {
  const { page } = await begin(t);
  // As on a server: the browser ends on an address that does not open.
  const login = (await ask(page, 'POST', '/v1/logins', { channel: 'shop', login: 'instagram', via: 'paste' })).body;
  await page.goto(new URL(`/logins/${login.id}`, page.url()).href);
  await page.getByRole('heading', { name: 'Waiting for the login' }).waitFor();
  const back = await fetch(`${login.address}&sandbox_auto=approve`, { redirect: 'manual' });
  await page.getByLabel('Address').fill(back.headers.get('location'));
  await page.getByRole('button', { name: 'Finish the login' }).click();
  await page.getByRole('heading', { name: 'Connected', level: 1 }).waitFor();
});

test('where Meta cannot lead back, connecting and reconnecting go by pasting', async (t) => {
  const { page } = await begin(t);
  // As against the real Meta without a public address; all else is the service's own.
  await page.route('**/v1/connect', async (route) => {
    const facts = await (await route.fetch()).json();
    for (const offer of facts.logins) Object.assign(offer, { comes_back_here: false, deauthorize_url: null, data_deletion_url: null });
    await route.fulfill({ json: facts });
  });
  await page.route('**/v1/logins', (route) => {
    const redirect = `https://${new URL(page.url()).host}/oauth/instagram/callback`.replace('127.0.0.1', 'localhost');
    return route.continue({ postData: { ...route.request().postDataJSON(), redirect_uri: redirect } });
  });
  const pasteBack = async (answer) => {
    await page.getByRole('heading', { name: 'Waiting for the login', level: 1 }).waitFor();
    await page.getByText('an address that cannot load').waitFor();
    assert.match(page.url(), /\/logins\/[^?#]+$/, 'the address of the dialog is in no address of ours');
    const link = page.getByRole('link', { name: 'Open Meta’s login in a new tab' });
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
    const [dialog] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    const failed = dialog.waitForEvent('requestfailed', (request) => request.url().startsWith('https://localhost:'));
    await dialog.locator(answer).click();
    const address = (await failed).url();
    await dialog.close();
    await page.getByLabel('Address').fill(address);
    await page.getByRole('button', { name: 'Finish the login' }).click();
  };
  await page.goto(new URL('/add', page.url()).href);
  await page.locator('summary').click();
  await page.getByText('need a public https address').first().waitFor();
  await page.locator('#connect-instagram').click();
  await page.getByText('Use 1 to 64 small letters').waitFor();
  await page.getByLabel('Name of the channel').fill('shop');
  await page.locator('#connect-instagram').click();
  await pasteBack('#deny');
  await page.getByRole('heading', { name: /Not connected|cancelled/, level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('#open-dialog').waitFor();
  await isAccessible(page, 'the paste way');
  await pasteBack('#approve');
  await page.getByRole('heading', { name: 'Connected', level: 1 }).waitFor();
  const before = await channelOf(page, 'shop');
  await page.getByRole('link', { name: 'To the channel', exact: true }).click();
  await page.getByRole('button', { name: 'Reconnect' }).click();
  await pasteBack('#approve');
  await page.getByText('shop keeps its history and deliveries').waitFor();
  assert.ok((await channelOf(page, 'shop')).token.version > before.token.version);
});

test('a key is shown once, works, and is refused when revoked', async (t) => {
  const { service, page } = await begin(t);
  await importChannel(page, service, 'cafe', { login: 'instagram' });
  await page.getByRole('link', { name: 'API keys' }).click();
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByLabel('What it is for').fill('backend');
  await page.getByRole('dialog').getByRole('button', { name: 'Make a key' }).click();
  await page.getByRole('heading', { name: 'Here is the key' }).waitFor();
  const key = (await page.getByLabel('the key', { exact: true }).innerText()).trim();
  assert.match(key, /^evl_[A-Za-z0-9_-]{43}$/);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await page.getByRole('button', { name: 'Revoke backend' }).waitFor();
  assert.ok(!(await page.content()).includes(key));
  const get = () => fetch(`${service.address}/v1/channels/cafe/token`, { headers: { Authorization: `Bearer ${key}` } });
  assert.equal((await get()).status, 200);
  await page.getByRole('button', { name: 'Revoke backend' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked', { exact: true }).waitFor();
  assert.equal((await get()).status, 401);
});

test('sign-out ends the session, a wrong password is refused, the right one opens', async (t) => {
  const { page } = await begin(t);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal((await ask(page, 'GET', '/v1/channels')).status, 401);
  await page.getByLabel('Password').fill('not this one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await page.waitForTimeout(1100); // the growing delay on wrong passwords
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Channels', level: 1 }).waitFor();
});

test('without the link of this start nobody sets the password', async (t) => {
  const service = await startService(t);
  const page = await openWindow(t);
  await page.goto(service.address);
  await page.getByRole('heading', { name: 'Open the set-up link' }).waitFor();
  await page.goto(`${service.address}/setup#wrong`);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('The same once more').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(new URL(page.url()).hash, '', 'the secret does not stay in the address');
  await page.goto('about:blank');
  await setUp(page, service);
});

test('what happens elsewhere is seen without reloading', async (t) => {
  const { service, page } = await begin(t);
  await page.waitForTimeout(500); // the stream opens after the page
  const { access_token: token } = await control(service, 'token', { login: 'instagram' });
  await importElsewhere(service, page, token);
  await row(page, 'cafe').waitFor({ timeout: 5000 });
});

test('where the stream fails, the page looks each ten seconds', async (t) => {
  const service = await startService(t);
  const page = await openWindow(t);
  await page.route('**/v1/events', (route) => route.fulfill({ status: 503, body: '' }));
  await page.clock.install();
  await setUp(page, service);
  await page.waitForTimeout(500);
  const { access_token: token } = await control(service, 'token', { login: 'instagram' });
  await importElsewhere(service, page, token);
  assert.equal(await row(page, 'cafe').count(), 0);
  await page.clock.fastForward(10_500);
  await row(page, 'cafe').waitFor({ timeout: 5000 });
});

// By a second window of the same browser.
async function importElsewhere(service, page, token) {
  const other = await page.context().newPage();
  await other.goto(service.address);
  const answer = await ask(other, 'POST', '/v1/channels', { name: 'cafe', token });
  assert.equal(answer.status, 201);
  await other.close();
}
