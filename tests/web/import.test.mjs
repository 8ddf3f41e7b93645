// A table of posts: dropped or chosen, looked at row by row, and made once.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { picture } from './files.mjs';
import { isClean, STRINGS } from './hostile.mjs';
import { ask, begin, fitsTheWidth, importChannel, isAccessible, openWindow, setUp, shot, startService, test } from './support.mjs';

const HEADS = 'channel,kind,media,caption,at,zone\n';

async function withChannel(t) {
  const { service, page } = await begin(t);
  await importChannel(page, service, 'cafe', { login: 'instagram', age_s: 5 * 86_400 });
  return { service, page, files: join(service.folder, 'files') };
}

async function open(page) {
  await page.goto(new URL('/posts/import', page.url()).href);
  await page.getByRole('heading', { name: 'Import posts', level: 1 }).waitFor();
  await page.locator('#choose-table').waitFor();
}

const asFile = (text, name = 'posts.csv') => ({ name, mimeType: 'text/csv', buffer: Buffer.isBuffer(text) ? text : Buffer.from(text) });

async function give(page, ...files) {
  await page.locator('#choose-table').setInputFiles(files);
}

const looked = (page, how) => page.locator(`[data-import="${how}"]`).waitFor();
const row = (page, line) => page.locator(`#import-rows [data-line="${line}"]`);
const counted = async (page) => (await ask(page, 'GET', '/v1/posts')).body.posts.length;

async function isMade(page, count) {
  await page.locator(`[data-made="${count}"]`).waitFor();
}

test('import: a table is looked at row by row, made, and made once', async (t) => {
  const { page, files } = await withChannel(t);
  const bytes = readFileSync(picture(files, 'cup.jpg'));
  const good = 'cafe,image,my cup.jpg,"Good morning, ""you""",2031-06-01T09:00,Europe/Berlin\n';
  const late = 'cafe,image,my cup.jpg,Too late,2020-06-01T09:00,Europe/Berlin\n';
  const missing = 'cafe,image,nowhere.jpg,Not here,2031-06-02T09:00,Europe/Berlin\n';
  const nameless = 'nobody,image,my cup.jpg,Whose,2031-06-02T09:00,Europe/Berlin\n';
  const refused = `cafe,image,my cup.jpg,${'#x '.repeat(31)},2031-06-02T09:00,Europe/Berlin\n`;
  const cup = { name: 'my cup.jpg', mimeType: 'image/jpeg', buffer: bytes };
  await open(page);
  await give(page, asFile(HEADS + good + late + missing + nameless + refused), cup);
  await looked(page, 'bad');
  await page.getByText('1 row is good').waitFor();
  await page.getByText('4 rows cannot be made').waitFor();
  assert.deepEqual(await page.locator('#import-rows > li').evaluateAll((all) => all.map((one) => [one.dataset.line, one.dataset.row])),
    [['2', 'good'], ['3', 'bad'], ['4', 'bad'], ['5', 'bad'], ['6', 'bad']]);
  await row(page, 2).getByText('Good morning, "you"').waitFor();
  await row(page, 3).getByText(/has passed/).waitFor();
  await row(page, 3).getByText(/Write a time that is still to come/).waitFor();
  await row(page, 4).getByText('Not here', { exact: true }).waitFor();
  await row(page, 4).getByText(/'nowhere.jpg' is no address/).waitFor();
  await row(page, 4).getByText(/Drop the picture or video here/).waitFor();
  await row(page, 5).getByText('There is no channel of this name').waitFor();
  await row(page, 6).locator('[data-finding="caption-hashtags"]').waitFor();
  assert.equal(await counted(page), 0, 'a look makes nothing');
  await shot(page, 'import-looked');
  await page.getByRole('radio', { name: 'With trouble (4)' }).check();
  assert.equal(await page.locator('#import-rows > li').count(), 4);
  // What lacks its picture is good as soon as that lies beside it.
  await give(page, { ...cup, name: 'nowhere.jpg' });
  await page.getByText('2 rows are good').waitFor();
  await page.getByRole('button', { name: 'Create the 2 good ones' }).click();
  await isMade(page, 2);
  await page.getByText('3 rows were left out').waitFor();
  await row(page, 2).getByRole('link', { name: 'Good morning, "you"' }).waitFor();
  assert.equal(await counted(page), 2);
  await shot(page, 'import-made');
  // The table, corrected and with a row more on top, in another zone for those without one: only what is new is made.
  await page.getByRole('button', { name: 'Import another table' }).click();
  const added = 'cafe,image,my cup.jpg,One more,2031-06-03T09:00,\n';
  await give(page, asFile(HEADS + added + good + missing), cup, { ...cup, name: 'nowhere.jpg' });
  await looked(page, 'good');
  await page.getByText('2 rows were made before').waitFor();
  await row(page, 3).getByText(/It is there already \(Scheduled\)/).waitFor();
  await page.getByRole('button', { name: 'Create 1 post' }).click();
  await isMade(page, 1);
  assert.equal(await counted(page), 3);
  await page.getByRole('button', { name: 'Import another table' }).click();
  await give(page, asFile(HEADS + added + good + missing), cup, { ...cup, name: 'nowhere.jpg' });
  await page.getByText('Every row of this table has its post already.').waitFor();
  assert.equal(await page.getByRole('button', { name: /^Create/ }).count(), 0);
  assert.equal(await counted(page), 3);
});

test('import: dropped on the list of posts, with the channel and the zone of rows that name none', async (t) => {
  const { service, page } = await withChannel(t);
  await importChannel(page, service, 'shop', { login: 'instagram', account: 'shop_here', age_s: 5 * 86_400 });
  await page.goto(new URL('/posts', page.url()).href);
  await page.getByRole('heading', { name: 'No post yet' }).waitFor();
  const dropped = (name, type, content) => page.evaluateHandle(([name, type, content]) => {
    const data = new DataTransfer();
    data.items.add(new File([content], name, { type }));
    return data;
  }, [name, type, content]);
  await page.locator('body').dispatchEvent('drop', { dataTransfer: await dropped('cat.jpg', 'image/jpeg', 'x') });
  await page.getByText('Here only a table (.csv) is taken.').waitFor();
  const transfer = await dropped('plan.csv', 'text/csv', 'media;caption;at\nhttps://cdn.example.org/a.jpg;Somewhere;2031-06-01T09:00\n');
  await page.locator('body').dispatchEvent('drop', { dataTransfer: transfer });
  await page.getByRole('heading', { name: 'Import posts' }).waitFor();
  await looked(page, 'bad');
  await row(page, 2).getByText(/A channel that is missing can be chosen above/).waitFor();
  await page.getByLabel('Channel of rows that name none').selectOption('shop');
  await page.getByLabel('Time zone of times that name none').selectOption('Asia/Tokyo');
  await looked(page, 'good');
  await row(page, 2).getByText(/Asia\/Tokyo/).waitFor();
  await page.getByRole('button', { name: 'Create 1 post' }).click();
  await isMade(page, 1);
  const [post] = (await ask(page, 'GET', '/v1/posts')).body.posts;
  assert.equal(post.channel, 'shop');
  assert.equal(Date.parse(post.at), Date.parse('2031-06-01T00:00:00Z'));
});

test('import: the sample is a table that fits', async (t) => {
  const { page, files } = await withChannel(t);
  await open(page);
  const saved = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download a sample' }).click();
  const sample = await saved;
  assert.equal(sample.suggestedFilename(), 'everlong-posts.csv');
  const text = readFileSync(await sample.path());
  await give(page, asFile(text, 'everlong-posts.csv'));
  await looked(page, 'bad');
  await page.getByText('2 rows are good').waitFor();
  await give(page, picture(files, 'croissant.jpg'));
  await looked(page, 'good');
  await page.getByText('3 rows are good').waitFor();
});

test('import: a table that cannot be read is told with cause and remedy', async (t) => {
  const { page } = await withChannel(t);
  await open(page);
  const says = async (file, ...texts) => {
    await give(page, file);
    for (const text of texts) await page.getByRole('alert').getByText(text).first().waitFor();
  };
  await says(asFile(Buffer.from('media,caption\nhttps://cdn.example.org/a.jpg,Caf\xe9\n', 'latin1')), 'This table is not in UTF-8', /CSV UTF-8/);
  await says(asFile(Buffer.alloc(900_001, 0x61)), 'This table is too large', /Divide it/);
  await says(asFile(''), 'posts.csv is empty.');
  await says({ name: 'bill.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') }, 'bill.pdf is no table, picture or video.');
  await says(asFile('media,colour\nx,red\n'), 'The table cannot be read', /'colour' is no column that is known/);
  await says(asFile('media,caption\n'), /no row below its heads/);
  assert.equal(await page.getByRole('button', { name: /^Create/ }).count(), 0);
  await page.evaluate(() => {
    File.prototype.arrayBuffer = () => Promise.reject(new DOMException('it has gone', 'NotReadableError'));
  });
  await says(asFile('media\n'), 'posts.csv could not be read', /drop it again/);
});

test('import: rows without a time are told to go out at once, and a draft is one', async (t) => {
  const { page } = await withChannel(t);
  await open(page);
  await give(page, asFile('media,caption,draft\nhttps://cdn.example.org/a.jpg,Now,\nhttps://cdn.example.org/b.jpg,Some day,yes\n'));
  await looked(page, 'good');
  await page.getByText('1 row has no time and goes out at once.').waitFor();
  await row(page, 2).getByText('At once', { exact: true }).waitFor();
  await row(page, 3).getByText('Kept as a draft').waitFor();
});

test('import: keyboard only', async (t) => {
  const { page } = await withChannel(t);
  await open(page);
  const tabTo = async (what, matches) => {
    for (let i = 0; i < 60; ++i) {
      if (await page.evaluate(matches)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`60 times Tab did not lead to ${what}`);
  };
  const chosen = page.waitForEvent('filechooser');
  await tabTo('the control that chooses', `document.activeElement?.id === 'choose-table'`);
  await page.keyboard.press('Enter');
  await (await chosen).setFiles(asFile('media,caption,at\nhttps://cdn.example.org/a.jpg,Keys,2031-06-01T09:00\n'));
  await looked(page, 'good');
  await tabTo('Create', `document.activeElement?.textContent === 'Create 1 post'`);
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none');
  await page.keyboard.press('Enter');
  await isMade(page, 1);
  await page.waitForFunction(() => document.activeElement?.dataset.made === '1');
});

test('import: 150 strings as captions, channels and names of files are shown as text', async (t) => {
  const { page } = await withChannel(t);
  await open(page);
  const quoted = (text) => `"${text.replace(/"/g, '""')}"`;
  await give(page, asFile(`channel,media,caption\n${STRINGS.map((text) => [text, 'x.jpg', text].map(quoted).join(',')).join('\n')}\n`));
  await looked(page, 'bad');
  const more = page.getByRole('button', { name: 'Show more rows' });
  await more.click();
  await more.waitFor({ state: 'detached' });
  await isClean(page, { mayShow: 'a[download]' });
});

async function everyScreen(t, { width, height, scheme }) {
  const isPhone = width < 500;
  const service = await startService(t);
  const page = await openWindow(t, { width, height, scheme, reducedMotion: isPhone ? 'reduce' : 'no-preference' });
  await setUp(page, service);
  await page.goto(new URL('/posts/import', page.url()).href);
  await page.getByRole('heading', { name: 'A channel comes first' }).waitFor();
  await importChannel(page, service, 'cafe', { login: 'instagram', age_s: 5 * 86_400 });
  const look = async (name) => {
    await fitsTheWidth(page, name);
    await isAccessible(page, name);
    await shot(page, `import-${name}-${scheme}${isPhone ? '-phone' : ''}`);
  };
  const cup = picture(join(service.folder, 'files'), 'cup.jpg');
  const film = 'https://cdn.example.org/a-long-address-of-a-picture-that-stands-somewhere-else/and-has-no-blank-in-it/at-all/a.jpg';
  await open(page);
  await page.getByText('What each column means').click();
  await look('empty');
  await page.getByText('What each column means').click();
  await give(page, asFile(`${HEADS}cafe,image,cup.jpg,Good morning! Fresh until noon.,2031-06-01T09:00,Asia/Tokyo\ncafe,,${film},,,\n`
    + `cafe,image,nowhere.jpg,Not here,2031-06-02T09:00,Europe/Berlin\ncafe,carousel,cup.jpg ${film},"${'#x '.repeat(31)}",2031-06-02T09:00,Europe/Berlin\n`
    + 'cafe,image,cup.jpg,When,someday,\n'), { name: 'cup.jpg', mimeType: 'image/jpeg', buffer: readFileSync(cup) });
  await looked(page, 'bad');
  await look('rows');
  await page.getByRole('button', { name: 'Create the 2 good ones' }).click();
  await isMade(page, 2);
  await look('done');
}

test('every screen of the import in the light theme', (t) => everyScreen(t, { width: 1100, height: 800, scheme: 'light' }));
test('every screen of the import in the dark theme', (t) => everyScreen(t, { width: 1100, height: 800, scheme: 'dark' }));
test('every screen of the import on a phone of 360 px', (t) => everyScreen(t, { width: 360, height: 640, scheme: 'light' }));
test('every screen of the import on a phone of 360 px in the dark theme', (t) => everyScreen(t, { width: 360, height: 640, scheme: 'dark' }));
