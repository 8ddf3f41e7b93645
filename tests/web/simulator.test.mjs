// The simulator's own pages: what was published through the API as a person sees it, and the control page. Both themes,
// a phone's width, no barrier that axe-core calls serious. Pictures of each: build/test-logs/web/simulator-….

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { control, fitsTheWidth, isAccessible, openWindow, shot, startService, test, until } from './support.mjs';

const PHONE = { width: 360, height: 740 };

// ---- What is published

// A picture with a colour of its own, painted in the browser.
async function paint(page, width, height, colour, text) {
  const url = await page.evaluate(
    ([width, height, colour, text]) => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const pen = canvas.getContext('2d');
      const shade = pen.createLinearGradient(0, 0, width, height);
      shade.addColorStop(0, colour);
      shade.addColorStop(1, '#1c2024');
      pen.fillStyle = shade;
      pen.fillRect(0, 0, width, height);
      pen.fillStyle = '#fff';
      pen.font = `bold ${Math.round(height / 9)}px sans-serif`;
      pen.textAlign = 'center';
      pen.fillText(text, width / 2, height / 2);
      return canvas.toDataURL('image/jpeg', 0.9);
    },
    [width, height, colour, text],
  );
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

const zeros = (count) => Buffer.alloc(count);
const number = (value, bytes) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};
const box = (type, ...parts) => {
  const content = Buffer.concat(parts);
  return Buffer.concat([number(content.length + 8, 4), Buffer.from(type), content]);
};

// The boxes of an MP4 of ten seconds; nothing here decodes what is in it.
function film(width, height) {
  const lasts = number(10_000, 4);
  const table = (entry, samples, each) =>
    box('minf', box('stbl', box('stsd', zeros(4), number(1, 4), entry),
      box('stts', zeros(4), number(1, 4), number(samples, 4), number(each, 4))));
  const media = (kind, inner) =>
    box('mdia', box('mdhd', zeros(12), number(1000, 4), lasts, zeros(4)),
      box('hdlr', zeros(8), Buffer.from(kind), zeros(13)), inner);
  const one = number(0x10000, 4);
  const head = box('tkhd', zeros(20), lasts, zeros(16), one, zeros(12), one, zeros(12), number(0x40000000, 4),
    number(width, 2), zeros(2), number(height, 2), zeros(2));
  const picture = box('avc1', zeros(24), number(width, 2), number(height, 2), zeros(50));
  const sound = box('mp4a', zeros(16), number(2, 2), number(16, 2), zeros(4), number(48_000, 2), zeros(2));
  return Buffer.concat([
    box('ftyp', Buffer.from('isom'), zeros(4), Buffer.from('isommp42')),
    box('moov', box('mvhd', zeros(12), number(1000, 4), lasts, zeros(80)),
      box('trak', head, media('vide', table(picture, 300, 33))), box('trak', media('soun', table(sound, 476, 21)))),
    box('mdat', Buffer.alloc(4096, 'v')),
  ]);
}

// Serves the files on loopback; gives the address of each.
async function host(t, files) {
  const server = createServer((request, response) => {
    const bytes = files[request.url.slice(1)];
    if (!bytes) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': request.url.endsWith('.mp4') ? 'video/mp4' : 'image/jpeg' });
    return response.end(bytes);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => new Promise((closed) => server.close(closed)));
  return (name) => `http://127.0.0.1:${server.address().port}/${name}`;
}

class Publisher {
  constructor(service, token, account) {
    Object.assign(this, { service, token, account });
  }
  async call(method, path, parameters) {
    const query = new URLSearchParams({ ...parameters, access_token: this.token });
    const answer = await fetch(`${this.service.sandbox}/graph.facebook.com/v25.0/${path}?${query}`, { method });
    const body = await answer.json();
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(body)}`);
    return body;
  }
  async container(parameters) {
    const { id } = await this.call('POST', `${this.account}/media`, parameters);
    await until(`${id} is finished`, async () => {
      await control(this.service, 'clock', { advance_s: 5 });
      if ((await this.call('GET', id, { fields: 'status_code' })).status_code === 'FINISHED') return true;
      await new Promise((done) => setTimeout(done, 100));
      return false;
    });
    return id;
  }
  async publish(parameters) {
    const creation_id = await this.container(parameters);
    return (await this.call('POST', `${this.account}/media_publish`, { creation_id })).id;
  }
}

const CAPTION = 'Fresh from the oven <b>& still warm</b>\nOpen from seven. #bread @demo_bistro';

async function publishOfEach(t, service, page) {
  const scopes = ['instagram_basic', 'instagram_content_publish', 'instagram_manage_comments', 'pages_show_list',
    'pages_read_engagement'];
  const minted = await control(service, 'token', { login: 'facebook', scopes });
  const publisher = new Publisher(service, minted.access_token, minted.ig_user_id);
  const at = await host(t, {
    'loaf.jpg': await paint(page, 1080, 1350, '#b3541e', 'Loaf'),
    'rye.jpg': await paint(page, 1080, 1080, '#7a5c2e', 'Rye'),
    'bun.jpg': await paint(page, 1080, 1080, '#c98b2b', 'Bun'),
    'story.jpg': await paint(page, 1080, 1920, '#4b3f8f', 'Today'),
    'cover.jpg': await paint(page, 1080, 1920, '#0b5fc0', 'How we bake'),
    'film.mp4': film(1080, 1920),
  });
  const ids = {};
  ids.image = await publisher.publish({
    image_url: at('loaf.jpg'), caption: CAPTION, alt_text: 'A dark loaf on a board', collaborators: '["demo_bistro"]',
  });
  await publisher.call('POST', `${ids.image}/comments`, { message: 'I can smell it from here' });
  const children = [];
  for (const name of ['rye.jpg', 'bun.jpg']) {
    children.push(await publisher.container({ image_url: at(name), is_carousel_item: 'true', alt_text: name }));
  }
  children.push(await publisher.container({ media_type: 'VIDEO', video_url: at('film.mp4'), is_carousel_item: 'true' }));
  ids.carousel = await publisher.publish({ media_type: 'CAROUSEL', children: children.join(), caption: 'Three of a kind' });
  ids.reel = await publisher.publish({
    media_type: 'REELS', video_url: at('film.mp4'), cover_url: at('cover.jpg'), caption: 'From flour to loaf',
  });
  ids.plainReel = await publisher.publish({ media_type: 'REELS', video_url: at('film.mp4') });
  ids.story = await publisher.publish({ media_type: 'STORIES', image_url: at('story.jpg') });
  ids.videoStory = await publisher.publish({ media_type: 'STORIES', video_url: at('film.mp4') });
  return { ids, username: minted.username };
}

// ---- How it looks

async function look(page, name) {
  await page.evaluate(async () => {
    for (const image of document.images) {
      image.loading = 'eager';
      await image.decode();
    }
  });
  await fitsTheWidth(page, name);
  await isAccessible(page, name);
  await shot(page, name);
}

async function lookAtFeed(page, service, { ids, username }, size) {
  const to = (path) => page.goto(`${service.sandbox}/_sandbox/instagram/${username}${path}`);
  await to('');
  await page.getByRole('heading', { name: username, level: 1 }).waitFor();
  await page.getByText('4 posts', { exact: true }).waitFor();
  // Newest first; each says what it is.
  const names = await page.getByRole('list', { name: 'Posts' }).getByRole('link').allTextContents();
  assert.deepEqual(names.map((name) => name.replace('▶', '')), [
    'Reel: Video 0:101080 × 1920Reel 0:10', 'Reel: Reel 0:10From flour to loaf', 'Carousel: 3 itemsThree of a kind',
    'Photo: Fresh from the oven <b>& still warm</b>']);
  assert.equal(await page.getByRole('list', { name: 'Stories' }).getByRole('link').count(), 2);
  await look(page, `simulator-feed-${size}`);

  await page.getByRole('link', { name: 'Photo: A dark loaf on a board Fresh from the oven' }).click();
  await page.getByRole('img', { name: 'A dark loaf on a board' }).waitFor();
  assert.equal(await page.locator('.caption').textContent(), CAPTION);
  await page.getByText('I can smell it from here').waitFor();
  await page.getByText('FEED, IMAGE').waitFor();
  await look(page, `simulator-post-image-${size}`);
  await page.getByRole('link', { name: username, exact: true }).click();
  await page.getByText('4 posts', { exact: true }).waitFor();

  await to(`/${ids.carousel}`);
  assert.equal(await page.getByRole('group', { name: 'Items of the carousel' }).locator('figure').count(), 3);
  await look(page, `simulator-post-carousel-${size}`);
  for (const [kind, id] of [['reel', ids.reel], ['reel-without-cover', ids.plainReel]]) {
    await to(`/${id}`);
    await page.getByText('0:10, 1080 x 1920, with sound').waitFor();
    await look(page, `simulator-post-${kind}-${size}`);
  }
  await to(`/${ids.story}`);
  await page.getByText('STORY, IMAGE').waitFor();
  await look(page, `simulator-post-story-${size}`);
  await to('/17920000000099999');
  await page.getByText('There is no such post.').waitFor();
  await look(page, `simulator-no-post-${size}`);
  await page.getByRole('link', { name: 'To the profile' }).click();
  await page.getByText('4 posts', { exact: true }).waitFor();
}

async function lookAtControls(page, service, size) {
  await page.goto(service.sandbox);
  await page.locator('#accounts tr').first().waitFor();
  await page.locator('#calls tr').first().waitFor();
  await page.getByRole('button', { name: 'Make one' }).click();
  await page.getByLabel('The new token').waitFor();
  assert.equal(await page.getByRole('link', { name: '@demo_cafe' }).getAttribute('href'), '/_sandbox/instagram/demo_cafe');
  await look(page, `simulator-controls-${size}`);
}

async function everyPage(t, size, options) {
  const service = await startService(t);
  const page = await openWindow(t, options);
  await page.goto(`${service.sandbox}/_sandbox/instagram/demo_cafe`);
  await page.getByText('No posts yet').waitFor();
  await look(page, `simulator-feed-empty-${size}`);
  const published = await publishOfEach(t, service, page);
  await lookAtFeed(page, service, published, size);
  await lookAtControls(page, service, size);
}

test('the simulator shows what was published, and its controls, on a desk', (t) => everyPage(t, 'light', {}));
test('the simulator shows what was published, and its controls, in the dark', (t) => everyPage(t, 'dark', { scheme: 'dark' }));
test('the simulator shows what was published, and its controls, on a phone', (t) => everyPage(t, 'phone', PHONE));
