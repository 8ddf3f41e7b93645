// What a person does with posts, from the composer to the simulator's feed page.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { picture, transferOf, video } from './files.mjs';
import { BASIC, isClean, STRINGS } from './hostile.mjs';
import { ask, begin, fitsTheWidth, importChannel, isAccessible, jump, openWindow, setUp, shot, startService, test, until } from './support.mjs';

// A service with one connected channel, and a folder for files.
async function withChannel(t, options = {}) {
  const { service, page } = await begin(t, options);
  const { username } = await importChannel(page, service, 'cafe', { login: 'instagram', age_s: 5 * 86_400 });
  return { service, page, username, files: join(service.folder, 'files') };
}

const to = (page, path) => page.goto(new URL(path, page.url()).href);

async function compose(page) {
  await to(page, '/posts/new');
  await page.getByRole('heading', { name: 'New post', level: 1 }).waitFor();
}

async function choose(page, ...paths) {
  const ready = await page.locator('.medium[data-ready="true"]').count();
  await page.locator('.drop input[type=file]').first().setInputFiles(paths);
  await page.locator('.medium[data-ready="true"]').nth(ready + paths.length - 1).waitFor();
}

async function isFine(page) {
  await page.locator('[data-check="good"]').waitFor();
}

async function send(page, button) {
  await page.getByRole('button', { name: button, exact: true }).click();
  await page.waitForURL(/\/posts\/post_[^/]+$/);
}

const kind = (page, name) => page.locator(`input[name=kind][value=${name}]`);

const idOf = (page) => new URL(page.url()).pathname.split('/').pop();

// Time passes faster than it does: the engine looks at Meta again after seconds and minutes.
async function comesTo(page, state, { step = 30 } = {}) {
  const shown = page.locator(`.headline[data-state="${state}"]`);
  await until(`the post is ${state}`, async () => {
    if (await shown.waitFor({ timeout: 2500 }).then(() => true, () => false)) return true;
    await ask(page, 'POST', '/v1/sandbox/clock', { advance_s: step });
    return false;
  });
}

async function feed(service, username) {
  const answer = await fetch(`${service.sandbox}/_sandbox/instagram/${username}`);
  assert.equal(answer.status, 200);
  return answer.text();
}

const tiles = (html) => html.match(/class="tile"/g)?.length ?? 0;

// --- from the composer to the feed ---

test('posts: a picture is composed, posted now and seen on the feed', async (t) => {
  const { service, page, username, files } = await withChannel(t);
  await page.getByRole('link', { name: 'Posts', exact: true }).click();
  await page.getByRole('heading', { name: 'No post yet' }).waitFor();
  await page.getByRole('link', { name: 'New post' }).first().click();
  await choose(page, picture(files, 'croissant.jpg', { width: 1080, height: 1350 }));
  await page.getByLabel('Text for people who do not see it').fill('A croissant on a blue plate');
  await page.getByLabel('Caption', { exact: true }).fill('Good morning! #breakfast');
  await page.getByText('24 of 2200 characters').waitFor();
  await page.getByText('1 of 30 hashtags').waitFor();
  assert.equal(await page.locator('.ig-frame').first().getAttribute('data-ratio'), '0.800');
  await page.getByLabel('First comment').fill('Until noon');
  await page.getByLabel('Now', { exact: true }).check();
  await isFine(page);
  await shot(page, 'posts-compose');
  await send(page, 'Post now');
  await comesTo(page, 'published');
  const post = (await ask(page, 'GET', `/v1/posts/${idOf(page)}`)).body;
  assert.equal(post.caption, 'Good morning! #breakfast');
  assert.equal(post.media[0].alt_text, 'A croissant on a blue plate');
  const html = await feed(service, username);
  assert.equal(tiles(html), 1);
  assert.match(html, /Good morning! #breakfast/);
  await page.locator('.timeline [data-event="published"]').waitFor();
  await page.getByText('It is live on the simulator. Nothing was sent to Instagram').waitFor();
  assert.doesNotMatch(await page.locator('.timeline').innerText(), /\dT\d\d:/, 'every time is one of the viewer’s clock');
  await page.locator('.timeline code').getByText(/media_publish/).first().waitFor();
  const link = page.getByRole('link', { name: 'See it on the simulator’s feed' });
  assert.ok((await link.getAttribute('href')).startsWith(`${service.sandbox}/_sandbox/instagram/${username}`));
  await shot(page, 'posts-published');
});

test('posts: a carousel by drop and paste, put in order by buttons, is seen on the feed', async (t) => {
  const { service, page, username, files } = await withChannel(t);
  const one = picture(files, 'one.jpg');
  const two = picture(files, 'two.jpg', { from: '#3a7bc9', to: '#e0f2f3' });
  const film = video(files, 'film.mp4', { size: '720x720' });
  await compose(page);
  await page.locator('.drop').dispatchEvent('drop', { dataTransfer: await transferOf(page, [one, film]) });
  await page.locator('.medium[data-ready="true"]').nth(1).waitFor();
  await page.evaluate((data) => document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })),
    await transferOf(page, [two]));
  await page.locator('.medium[data-ready="true"]').nth(2).waitFor();
  assert.ok(await kind(page, 'carousel').isChecked(), 'several are a carousel');
  const names = () => page.locator('.medium-name').allInnerTexts();
  assert.deepEqual(await names(), ['1. one.jpg', '2. film.mp4', '3. two.jpg']);
  await page.getByRole('button', { name: 'Move two.jpg earlier' }).click();
  await page.getByText('2. two.jpg').waitFor();
  await page.getByRole('button', { name: 'Move two.jpg earlier' }).click();
  await page.getByText('1. two.jpg').waitFor();
  assert.deepEqual(await names(), ['1. two.jpg', '2. one.jpg', '3. film.mp4']);
  await page.getByLabel('Caption', { exact: true }).fill('Three of them');
  await page.getByLabel('Now', { exact: true }).check();
  await isFine(page);
  await page.getByRole('button', { name: 'Next picture' }).click();
  await page.getByText('2 of 3', { exact: true }).first().waitFor();
  await send(page, 'Post now');
  await comesTo(page, 'published');
  const post = (await ask(page, 'GET', `/v1/posts/${idOf(page)}`)).body;
  assert.deepEqual(post.media.map((medium) => medium.type), ['image', 'image', 'video']);
  const html = await feed(service, username);
  assert.equal(tiles(html), 1);
  assert.match(html, /3 items/);
});

test('posts: the upload of a reel is cut and goes on where it was', async (t) => {
  const { service, page, username, files } = await withChannel(t);
  const film = video(files, 'reel.mp4', { seconds: 6, rate: '6M' });
  let pieces = 0;
  let asked = 0;
  await page.route('**/v1/files/*', (route) => {
    if (route.request().method() === 'HEAD') ++asked;
    if (route.request().method() === 'PATCH' && ++pieces === 2) return route.abort();
    return route.continue();
  });
  await compose(page);
  await choose(page, film);
  assert.ok(await kind(page, 'reel').isChecked(), 'a video is a reel');
  assert.ok(pieces > 2, `${pieces} pieces`);
  assert.equal(asked, 1, 'after the break it asked how far it had come');
  await page.getByLabel('Caption', { exact: true }).fill('Six seconds');
  await page.getByLabel('Seconds from the start').fill('1.5');
  await page.getByLabel('Name of the audio').fill('Bakery at dawn');
  await page.getByLabel('Now', { exact: true }).check();
  await isFine(page);
  await send(page, 'Post now');
  await comesTo(page, 'published');
  const post = (await ask(page, 'GET', `/v1/posts/${idOf(page)}`)).body;
  assert.equal(post.kind, 'reel');
  assert.equal(post.reel.thumb_offset_ms, 1500);
  assert.equal(post.reel.audio_name, 'Bakery at dawn');
  const stored = (await ask(page, 'GET', `/v1/files/${post.media[0].file}`)).body;
  assert.equal(stored.whole, true);
  assert.match(await feed(service, username), /Reel 0:06/);
});

// --- time ---

test('posts: scheduled, found in the calendar, and published when the time machine passes it', async (t) => {
  const { service, page, username, files } = await withChannel(t);
  await compose(page);
  await choose(page, picture(files, 'later.jpg'));
  await page.getByLabel('Caption', { exact: true }).fill('Later');
  await isFine(page);
  await send(page, 'Schedule');
  await page.locator('.headline[data-state="scheduled"]').waitFor();
  const id = idOf(page);
  await page.getByRole('link', { name: 'To the posts' }).click();
  await page.getByRole('tab', { name: 'Calendar' }).click();
  await page.locator(`.month [data-post="${id}"]`).waitFor();
  assert.match(await page.locator(`.month [data-post="${id}"]`).innerText(), /^\d.*Later.*Scheduled$/s);
  assert.equal(tiles(await feed(service, username)), 0);
  // Due at a full hour, one to two hours from now.
  await jump(page, '1 hour');
  await jump(page, '1 hour');
  await page.locator(`.month [data-post="${id}"]`).getByText('Published').waitFor();
  assert.equal(tiles(await feed(service, username)), 1);
});

test('posts: the calendar by keyboard', async (t) => {
  const { page } = await withChannel(t);
  await to(page, '/posts?view=calendar&day=2027-01-31');
  const day = (text) => page.locator(`[data-day="${text}"]`);
  await day('2027-01-31').focus();
  const goes = async (key, text) => {
    await page.keyboard.press(key);
    await page.waitForFunction((wanted) => document.activeElement?.dataset.day === wanted, text);
    await page.getByRole('heading', { name: /^Posts on / }).waitFor();
  };
  await goes('ArrowRight', '2027-02-01');
  await goes('ArrowUp', '2027-01-25');
  await goes('PageDown', '2027-02-25');
  await goes('PageUp', '2027-01-25');
  assert.equal(await page.locator('[data-day][tabindex="0"]').count(), 1, 'one tab stop');
  assert.match(page.url(), /day=2027-01-25/);
  await page.getByRole('link', { name: 'New post on this day' }).click();
  await page.waitForFunction(() => document.querySelector('[name=due-date]')?.value === '2027-01-25');
});

test('posts: a time in another zone is shown in both', async (t) => {
  const { page, files } = await withChannel(t);
  await compose(page);
  await choose(page, picture(files, 'tokyo.jpg'));
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await page.getByLabel('Date').fill('2031-06-01');
  await page.getByLabel('Time', { exact: true }).fill('09:30');
  await page.locator('#due-text').getByText(/where you are/).waitFor();
  await isFine(page);
  await send(page, 'Schedule');
  const post = (await ask(page, 'GET', `/v1/posts/${idOf(page)}`)).body;
  assert.equal(Date.parse(post.at), Date.parse('2031-06-01T00:30:00Z'));
  assert.equal(post.zone, 'Asia/Tokyo');
  await page.locator('.headline').getByText(/Asia\/Tokyo/).waitFor();
});

test('posts: a time that the clocks skip is told where it is chosen', async (t) => {
  const { page, files } = await withChannel(t);
  await compose(page);
  await choose(page, picture(files, 'spring.jpg'));
  await page.getByLabel('Time zone').selectOption('Europe/Berlin');
  await page.getByLabel('Date').fill('2031-03-30');
  await page.getByLabel('Time', { exact: true }).fill('02:30');
  await page.getByText('There is no such time').waitFor();
  await page.getByText(/2031-03-30T01:00:00Z/).waitFor();
  await isFine(page);
  await page.getByLabel('Time', { exact: true }).fill('04:30');
  await page.getByText('There is no such time').waitFor({ state: 'detached' });
});

// --- drafts and changes ---

test('posts: a draft is kept, changed, scheduled, duplicated and cancelled', async (t) => {
  const { page, files } = await withChannel(t);
  await compose(page);
  await choose(page, picture(files, 'idea.jpg'));
  await page.getByLabel('Caption', { exact: true }).fill('An idea');
  await page.getByRole('link', { name: 'Channels', exact: true }).click();
  await compose(page);
  await page.getByText('What you had begun is here again.').waitFor();
  assert.equal(await page.getByLabel('Caption', { exact: true }).inputValue(), 'An idea');
  await send(page, 'Save as draft');
  await page.locator('.headline[data-state="draft"]').waitFor();
  const id = idOf(page);
  await page.getByRole('link', { name: 'Set the time' }).click();
  await page.getByRole('heading', { name: 'Change the post' }).waitFor();
  await page.getByLabel('Caption', { exact: true }).fill('A better idea');
  await page.getByLabel('Date').fill('2031-06-01');
  await isFine(page);
  await send(page, 'Schedule');
  assert.equal(idOf(page), id, 'it is the same post');
  await page.locator('.headline[data-state="scheduled"]').waitFor();
  assert.equal((await ask(page, 'GET', `/v1/posts/${id}`)).body.caption, 'A better idea');
  await page.getByRole('link', { name: 'Duplicate' }).click();
  await page.getByText('This is a copy.').waitFor();
  await isFine(page);
  await send(page, 'Save as draft');
  assert.notEqual(idOf(page), id);
  await page.getByRole('button', { name: 'Discard the draft' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard the draft' }).click();
  await page.locator('.headline[data-state="cancelled"]').waitFor();
  assert.equal((await ask(page, 'GET', '/v1/posts?state=scheduled')).body.posts.length, 1);
});

// --- findings ---

test('posts: what Meta would refuse is told while composing, and mended', async (t) => {
  const { service, page, username, files } = await withChannel(t);
  await compose(page);
  await choose(page, picture(files, 'drawing.png'));
  const finding = page.locator('.medium [data-finding="image-format"]');
  await finding.waitFor();
  await page.locator('[data-check="bad"]').waitFor();
  await shot(page, 'posts-finding');
  await page.getByRole('button', { name: 'Show it' }).click();
  await page.waitForFunction(() => document.activeElement?.matches('.medium [data-finding="image-format"]'));
  await finding.getByRole('button', { name: /^Fix it/ }).click();
  await page.getByText('Converted', { exact: true }).waitFor();
  await isFine(page);
  await page.getByLabel('Caption', { exact: true }).fill('#x '.repeat(31));
  await page.locator('[data-finding="caption-hashtags"]').waitFor();
  await page.getByLabel('Caption', { exact: true }).fill('A drawing');
  await isFine(page);
  await page.getByLabel('Now', { exact: true }).check();
  await isFine(page);
  await send(page, 'Post now');
  await comesTo(page, 'published');
  assert.match(await feed(service, username), /A drawing/);
});

test('posts: a file that is no picture is refused at once, and what is missing is named', async (t) => {
  const { page } = await withChannel(t);
  await compose(page);
  await page.locator('.drop input[type=file]').first().setInputFiles({ name: 'bill.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') });
  await page.getByText('bill.pdf is neither a picture nor a video.').waitFor();
  await page.getByRole('button', { name: 'Schedule' }).click();
  await page.getByText('A post needs a picture or a video.').waitFor();
});

// --- all that can be wished for ---

test('posts: products are tagged on the Facebook login only, and AI is told on both', async (t) => {
  const { service, page, files } = await withChannel(t);
  const scopes = [
    'instagram_basic', 'pages_show_list', 'pages_read_engagement', 'instagram_content_publish', 'catalog_management',
    'instagram_shopping_tag_products',
  ];
  await importChannel(page, service, 'shop', { login: 'facebook', account: 'corner_bakery', scopes });
  await compose(page);
  await choose(page, picture(files, 'cup.jpg'));
  await page.getByLabel('Channel').selectOption('cafe');
  await page.getByText('Tag people').waitFor();
  assert.equal(await page.getByText('Tag products').count(), 0, 'the Instagram login has none');
  await page.getByLabel('Channel').selectOption('shop');
  await page.getByText('Tag products').click();
  await page.getByRole('textbox', { name: 'Product id' }).fill('a cup');
  await page.keyboard.press('Enter');
  await page.getByText('A product id has digits only.').waitFor();
  await page.getByRole('textbox', { name: 'Product id' }).fill('90210');
  await page.keyboard.press('Enter');
  await page.getByLabel('Across: 90210').fill('25');
  await page.getByText('Tag people').click();
  await page.getByRole('textbox', { name: 'Username' }).fill('anna');
  await page.keyboard.press('Enter');
  await page.getByLabel('Down: @anna').fill('75');
  await page.getByLabel('Made or changed with AI').check();
  await page.locator('.ig').getByText('AI info').waitFor();
  await page.getByLabel('Text for people who do not see it').fill('A cup');
  await isFine(page);
  await shot(page, 'posts-products');
  await send(page, 'Save as draft');
  const made = (await ask(page, 'GET', `/v1/posts/${idOf(page)}`)).body;
  assert.deepEqual(made.media[0].product_tags, [{ product_id: '90210', x: 0.25, y: 0.5 }]);
  assert.deepEqual(made.media[0].user_tags, [{ username: 'anna', x: 0.5, y: 0.75 }]);
  assert.equal(made.ai_generated, true);
  const facts = page.locator('.facts');
  for (const text of ['90210', '@anna', 'A cup', 'Made or changed with AI']) await facts.getByText(text).first().waitFor();
  await page.locator('.ig').getByText('AI info').waitFor();
  // A change of something else keeps them.
  await page.getByRole('link', { name: 'Set the time' }).click();
  await page.getByLabel('Caption', { exact: true }).fill('A cup of its own');
  await isFine(page);
  await send(page, 'Save as draft');
  const kept = (await ask(page, 'GET', `/v1/posts/${made.id}`)).body;
  assert.equal(kept.caption, 'A cup of its own');
  assert.deepEqual(kept.media[0].product_tags, made.media[0].product_tags);
  assert.equal(kept.ai_generated, true);
  // A copy for the other login is told so, and the tag can be taken out there.
  await page.getByRole('link', { name: 'Duplicate' }).click();
  await page.getByText('This is a copy.').waitFor();
  await page.getByLabel('Channel').selectOption('cafe');
  await page.locator('[data-finding="product-tags-login"]').waitFor();
  await page.getByRole('button', { name: 'Remove the product 90210' }).click();
  await isFine(page);
});

test('posts: everything that was wished for a reel stands on its page', async (t) => {
  const { page, files } = await withChannel(t);
  await compose(page);
  await choose(page, video(files, 'reel.mp4'));
  await page.getByLabel('Seconds from the start').fill('1.5');
  await page.getByLabel('Name of the audio').fill('Bakery at dawn');
  await page.getByLabel('Show it in the feed as well').uncheck();
  await page.getByLabel('Trial reel').selectOption('manual');
  await isFine(page);
  await send(page, 'Save as draft');
  const facts = page.locator('.facts');
  for (const text of ['The frame at 1.5 s', 'Bakery at dawn', 'Strangers first; you decide later']) await facts.getByText(text).waitFor();
  assert.match(await facts.innerText(), /In the feed as well\s+No/);
});

// --- what needs a person ---

test('posts: a post that came too late is held, stands on top, and goes out when a person says so', async (t) => {
  const { service, page, username, files } = await withChannel(t);
  await compose(page);
  await choose(page, picture(files, 'late.jpg'));
  await page.getByLabel('Caption', { exact: true }).fill('Rather late');
  await isFine(page);
  await send(page, 'Schedule');
  const id = idOf(page);
  await to(page, '/posts');
  await jump(page, '1 day');
  await page.locator(`#needs-person [data-post="${id}"][data-state="held"]`).waitFor();
  await shot(page, 'posts-list-held');
  await page.getByRole('link', { name: 'Rather late' }).click();
  await page.getByText('It waits for your decision.').waitFor();
  assert.equal(tiles(await feed(service, username)), 0);
  await page.getByRole('button', { name: 'Try again' }).click();
  await comesTo(page, 'published');
  assert.equal(tiles(await feed(service, username)), 1);
});

// The answer to the publish call is lost, and then neither the container nor what was published can be read.
const lost = (container) => [
  { match: { method: 'POST', path: 'media_publish' }, times: 1, fault: { kind: 'drop-after' } },
  ...[container, '/media'].map((path) => ({ match: { method: 'GET', path }, times: 1_000_000, fault: { kind: 'status', status: 503 } })),
];

for (const [answer, button, state] of [['published', 'Yes, it is on Instagram', 'published'], ['not published', 'No, it is not there', 'failed']]) {
  test(`posts: an uncertain post is settled as ${answer}`, async (t) => {
    const { page, files } = await withChannel(t);
    await compose(page);
    await choose(page, picture(files, 'lost.jpg'));
    await page.getByLabel('Caption', { exact: true }).fill('Lost and found');
    await isFine(page);
    await send(page, 'Schedule');
    await page.locator('.headline[data-state="scheduled"]').waitFor();
    const due = Date.parse((await ask(page, 'GET', `/v1/posts/${idOf(page)}`)).body.at);
    const now = Date.parse((await ask(page, 'GET', '/v1/session')).body.now);
    // Its container is made ahead.
    await ask(page, 'POST', '/v1/sandbox/clock', { advance_s: Math.floor((due - now) / 1000) - 60 });
    await comesTo(page, 'ready', { step: 10 });
    const { container_id: container } = (await ask(page, 'GET', `/v1/posts/${idOf(page)}`)).body;
    await ask(page, 'POST', '/v1/sandbox/faults', { faults: lost(container) });
    await comesTo(page, 'uncertain', { step: 60 });
    await shot(page, 'posts-uncertain');
    // Its channel tells, and leads there.
    const address = page.url();
    await to(page, '/');
    await page.getByText('1 of 1 needs attention').waitFor();
    await page.getByRole('link', { name: '1 post needs you: 1 uncertain' }).click();
    await page.waitForURL(/\/posts\?channel=cafe&state=needs-person/);
    await page.locator('[data-post]').waitFor();
    await page.goto(address);
    await page.getByRole('button', { name: 'Settle it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: button }).click();
    await page.locator(`.headline[data-state="${state}"]`).waitFor();
    await ask(page, 'POST', '/v1/sandbox/faults', { faults: [] });
  });
}

test('posts: keyboard only, from the list to a scheduled post', async (t) => {
  const { page, files } = await withChannel(t);
  const paths = [picture(files, 'one.jpg'), picture(files, 'two.jpg', { from: '#3a7bc9' })];
  const tabTo = async (what, matches) => {
    for (let i = 0; i < 80; ++i) {
      if (await page.evaluate(matches)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`80 times Tab did not lead to ${what}`);
  };
  const staysOn = (selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
  const has = (selector) => `document.activeElement?.matches(${JSON.stringify(selector)})`;
  await to(page, '/posts');
  await page.getByRole('heading', { name: 'No post yet' }).waitFor();
  await tabTo('New post', has('a[href="/posts/new"].button'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'New post', level: 1 }).waitFor();
  // Told first, because the browser has to be told not to open a window of its own.
  const chosen = page.waitForEvent('filechooser');
  await tabTo('the control that chooses files', has('#choose-files'));
  await page.keyboard.press('Enter');
  await (await chosen).setFiles(paths);
  await page.locator('.medium[data-ready="true"]').nth(1).waitFor();
  await page.locator('h1').focus();
  await tabTo('a button that moves', has('[aria-label="Move one.jpg later"]'));
  await page.keyboard.press('Enter');
  await page.locator('.medium-name').first().getByText('1. two.jpg').waitFor();
  // The keyboard stays where it was.
  await staysOn('[aria-label="Move one.jpg later"]');
  await tabTo('its removal', has('[aria-label="Remove one.jpg"]'));
  await page.keyboard.press('Enter');
  await staysOn('#choose-files');
  await page.locator('h1').focus();
  await tabTo('the kinds', has('[name=kind]:checked'));
  await page.keyboard.press('ArrowUp');
  await page.locator('input[name=kind][value=image]:checked').waitFor();
  await tabTo('the caption', has('[name=caption]'));
  await page.keyboard.type('By keyboard');
  await isFine(page);
  await tabTo('Schedule', `document.activeElement?.textContent === 'Schedule'`);
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none');
  await page.keyboard.press('Enter');
  await page.locator('.headline[data-state="scheduled"]').waitFor();
});

// --- texts from outside ---

const AT = '2026-01-01T00:00:00Z';
const problemOf = (text) => ({ title: text, detail: text, what_to_do: text, code: text, cause: text, remedy: text, at: AT });
const postOf = (text, index) => ({
  id: `post_${index}`, channel: text, kind: ['image', 'carousel', 'reel', 'story'][index % 4], state: ['held', 'uncertain', 'failed', 'published'][index % 4],
  caption: text, at: AT, zone: index % 2 ? text : 'Asia/Tokyo', wall_time: AT, media: [{ type: 'image', file: null, url: text, alt_text: text, user_tags: [{ username: text, x: 0, y: 0 }],
    product_tags: [{ product_id: text, x: 0, y: 0 }] }],
  first_comment: text, location_id: text, collaborators: [text], reel: { cover: text, audio_name: text, trial: text }, container_id: text, media_id: text,
  permalink: text, cause: text, remedy: text, title: text, what_happened: text, what_to_do: text, problem: problemOf(text),
  findings: [{ rule: text, severity: 'error', medium: 0, title: text, why: text, what_to_do: text, measured: text, wanted: text, fixable: true }],
  timeline: [{ at: AT, event: text, text, call: text, detail: text, state: 'held', problem: problemOf(text) }],
  late_s: 100, next_attempt_at: AT, published_at: null, created_at: AT,
});

test('posts: 150 strings in every field of a post are shown as text', async (t) => {
  const { page } = await withChannel(t);
  const posts = STRINGS.map(postOf);
  await page.route('**/v1/posts**', (route) => {
    const { pathname, searchParams } = new URL(route.request().url());
    const id = pathname.split('/')[3];
    if (id) return route.fulfill({ json: posts.find((post) => post.id === id) });
    const states = (searchParams.get('state') ?? '').split(',');
    return route.fulfill({ json: { posts: posts.filter((post) => states.includes(post.state)), next: null } });
  });
  await to(page, '/posts');
  await page.locator('[data-post="post_149"]').waitFor();
  const text = await page.evaluate(() => document.body.textContent);
  for (const wanted of STRINGS) assert.ok(text.includes(wanted), wanted);
  await isClean(page);
  for (let index = 0; index < BASIC.length; index += 3) {
    await to(page, `/posts/post_${index}`);
    await page.locator('.timeline li').waitFor();
    await isClean(page);
    const shown = await page.evaluate(() => document.body.textContent);
    assert.ok(shown.split(STRINGS[index]).length > 5, `shown in few places: ${STRINGS[index]}`);
  }
  await to(page, '/posts/new?from=post_1');
  await page.locator('.medium').waitFor();
  await isClean(page);
});

test('posts: strings as captions, names of files and errors of an upload are shown as text', async (t) => {
  const { page, files } = await withChannel(t);
  const { readFileSync } = await import('node:fs');
  const buffer = readFileSync(picture(files, 'x.jpg'));
  await compose(page);
  for (const text of BASIC.slice(0, 9)) {
    await page.locator('.drop input[type=file]').first().setInputFiles({ name: `${text.replace(/[/\\]/g, '∕')}.jpg`, mimeType: 'image/jpeg', buffer });
    await page.getByLabel('Caption', { exact: true }).fill(text);
    await page.getByLabel('First comment').fill(text);
    await isClean(page);
  }
  await page.locator('.medium[data-ready="true"]').nth(8).waitFor();
  await page.route('**/v1/files', (route) => route.fulfill({ status: 422, json: problemOf(BASIC[4]), headers: { 'Content-Type': 'application/problem+json' } }));
  await page.locator('.drop input[type=file]').first().setInputFiles({ name: 'y.jpg', mimeType: 'image/jpeg', buffer });
  await page.locator('.medium .note.bad').getByText(BASIC[4]).first().waitFor();
  await isClean(page);
});

// --- every screen ---

const isInSight = (locator) => locator.evaluate((one) => {
  const { top, bottom } = one.getBoundingClientRect();
  return top >= 0 && bottom <= window.innerHeight;
});

async function everyPostScreen(t, { width, height, scheme }) {
  const isPhone = width < 500;
  const service = await startService(t);
  const page = await openWindow(t, { width, height, scheme, reducedMotion: isPhone ? 'reduce' : 'no-preference' });
  await setUp(page, service);
  const files = join(service.folder, 'files');
  const look = async (name) => {
    await page.getByText('Loading …').first().waitFor({ state: 'detached' });
    await fitsTheWidth(page, name);
    await isAccessible(page, name);
    await shot(page, `posts-${name}-${scheme}${isPhone ? '-phone' : ''}`);
  };
  await to(page, '/posts/new');
  await page.getByRole('heading', { name: 'A channel comes first' }).waitFor();
  await look('no-channel');
  await importChannel(page, service, 'cafe', { login: 'instagram', age_s: 5 * 86_400 });
  await to(page, '/posts');
  await page.getByRole('heading', { name: 'No post yet' }).waitFor();
  await look('none');
  await compose(page);
  await look('new');
  await page.getByRole('button', { name: 'Schedule' }).click();
  await page.getByRole('alert').first().waitFor();
  await choose(page, picture(files, 'wide.jpg', { width: 1400, height: 900 }), picture(files, 'drawing.png', { from: '#3a7bc9', to: '#e0f2f3' }), video(files, 'film.mp4'));
  await page.getByLabel('Caption', { exact: true }).fill('Good morning! Fresh croissants are out of the oven, and the coffee is on.\nCome by until noon. #breakfast #coffee @corner_bakery');
  await page.getByText('Tag people').first().click();
  await page.getByLabel('Username').first().fill('anna');
  await page.keyboard.press('Enter');
  await page.getByLabel('Across: @anna').waitFor();
  await page.getByText('Place and people').click();
  await page.locator('[data-finding]').first().waitFor();
  if (!isPhone) {
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    assert.ok(await isInSight(page.getByRole('button', { name: 'Schedule', exact: true })), 'the button stays beside the last field');
    await page.evaluate(() => window.scrollTo(0, 0));
    assert.ok(await isInSight(page.getByRole('heading', { name: 'Preview' })), 'the preview is beside the first field');
  }
  await look('compose');
  await page.getByRole('button', { name: 'Or by address' }).click();
  await kind(page, 'reel').check();
  await page.getByRole('radio', { name: 'A picture of its own' }).check();
  await look('compose-reel');
  await kind(page, 'story').check();
  await page.getByText('Stories show no caption.').waitFor();
  await look('compose-story');
  const posts = [
    { kind: 'image', caption: 'Good morning!\nFresh croissants until noon.' }, { kind: 'image', caption: 'Rather late', at: '2031-01-01T10:00:00Z', zone: 'Asia/Tokyo' },
  ];
  const file = (await ask(page, 'GET', '/v1/posts')).body;
  assert.deepEqual(file.posts, []);
  const uploaded = await page.evaluate(() => JSON.parse(sessionStorage.getItem('everlong:composing')).media.map((one) => one.file));
  for (const post of posts) {
    const answer = await ask(page, 'POST', '/v1/posts', { channel: 'cafe', media: [{ type: 'image', file: uploaded[0] }], ...post });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    await to(page, `/posts/${answer.body.id}`);
    if (!post.at) await comesTo(page, 'published');
  }
  await page.getByRole('button', { name: 'Cancel the post' }).click();
  await look('cancel');
  await page.keyboard.press('Escape');
  await look('scheduled');
  await to(page, '/posts');
  await page.locator('[data-post]').nth(1).waitFor();
  await look('list');
  await page.locator('[data-state="published"] a').click();
  await page.locator('.timeline li').first().waitFor();
  await look('published');
  await to(page, '/posts?view=calendar');
  await page.locator('.month [data-post]').first().waitFor({ state: 'attached' });
  await look('calendar');
}

test('every screen of posts in the light theme', (t) => everyPostScreen(t, { width: 1100, height: 800, scheme: 'light' }));
test('every screen of posts in the dark theme', (t) => everyPostScreen(t, { width: 1100, height: 800, scheme: 'dark' }));
test('every screen of posts on a phone of 360 px', (t) => everyPostScreen(t, { width: 360, height: 640, scheme: 'light' }));
test('every screen of posts on a phone of 360 px in the dark theme', (t) => everyPostScreen(t, { width: 360, height: 640, scheme: 'dark' }));
