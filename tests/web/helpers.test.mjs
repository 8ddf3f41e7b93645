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

const caption = await bundled('lib/caption.ts');
const zones = await bundled('lib/zones.ts');
const draft = await bundled('lib/draft.ts');
const media = await bundled('lib/media.ts');

test('helpers: a caption is counted as Meta counts it', () => {
  const counts = (text) => Object.values(caption.countsOf(text));
  assert.deepEqual(counts(''), [0, 0, 0]);
  assert.deepEqual(counts('Good morning #coffee @anna'), [26, 1, 1]);
  assert.deepEqual(counts('🥐'), [1, 0, 0], 'a picture sign is one character');
  assert.deepEqual(counts('#Käse #1 #2go ## #'), [18, 2, 0], 'a hashtag of digits alone is none');
  assert.deepEqual(counts('#a#b mail@example.org @b.c.'), [27, 1, 1]);
});

test('helpers: a caption is folded at its first line or at 125 characters', () => {
  assert.equal(caption.folded('short'), null);
  assert.equal(caption.folded('one\ntwo'), 'one');
  assert.equal(caption.folded('x'.repeat(125)), null);
  assert.equal(caption.folded('x'.repeat(126)), 'x'.repeat(125));
  assert.equal(caption.folded('🥐'.repeat(130)), '🥐'.repeat(125));
});

test('helpers: wall clocks of zones', () => {
  const at = (wall, zone) => new Date(zones.instantOf(wall, zone)).toISOString();
  assert.equal(at('2026-12-24T18:00', 'Europe/Berlin'), '2026-12-24T17:00:00.000Z');
  assert.equal(at('2026-07-01T18:00', 'America/New_York'), '2026-07-01T22:00:00.000Z');
  assert.equal(at('2026-12-24T18:00', 'Asia/Kathmandu'), '2026-12-24T12:15:00.000Z');
  assert.equal(at('2026-10-25T00:30', 'Europe/Berlin'), '2026-10-24T22:30:00.000Z', 'on the day of a change');
  assert.equal(at('2026-10-25T01:30', 'Europe/Berlin'), '2026-10-24T23:30:00.000Z', 'as a clock says just before it is set back');
  assert.ok(Number.isNaN(zones.instantOf('T', 'UTC')));
  assert.equal(zones.wallTime(Date.parse('2026-01-01T00:00:00Z'), 'Pacific/Auckland'), '2026-01-01T13:00:00');
  assert.equal(zones.isZone('Mars/Olympus'), false);
});

test('helpers: days and months', () => {
  assert.equal(zones.addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(zones.addMonths('2026-01-31', 1), '2026-02-28');
  assert.equal(zones.addMonths('2026-01-15', -1), '2025-12-15');
  const weeks = zones.weeksOf('2026-11', 1);
  assert.equal(weeks.length, 6);
  assert.deepEqual([weeks[0][0], weeks[0][6], weeks[5][0], weeks[5][6]], ['2026-10-26', '2026-11-01', '2026-11-30', '2026-12-06']);
  assert.equal(zones.weeksOf('2027-02', 1).length, 4);
});

test('helpers: the kind follows what is chosen', () => {
  const [image, video] = [{ type: 'image' }, { type: 'video' }];
  assert.equal(draft.kindFor('image', [image, image]), 'carousel');
  assert.equal(draft.kindFor('image', [video]), 'reel');
  assert.equal(draft.kindFor('reel', [image]), 'image');
  assert.equal(draft.kindFor('story', [video]), 'story');
  assert.equal(media.typeOfFile({ name: 'IMG_1.HEIC', type: '' }), 'image');
  assert.equal(media.typeOfFile({ name: 'a.mov', type: 'video/quicktime' }), 'video');
  assert.equal(media.typeOfFile({ name: 'a.pdf', type: 'application/pdf' }), null);
});

test('helpers: a draft becomes a request', () => {
  const start = draft.emptyDraft(Date.parse('2026-12-01T10:20:00Z'));
  const one = draft.newMedium({ type: 'image', file: 'file_1', altText: ' a cat ', tags: [{ username: 'anna', x: 0.25, y: 0.75 }], products: [{ product_id: '7', x: 0.5, y: 0 }] });
  const post = { ...start, channel: 'cafe', media: [one], caption: 'Hi', date: '2026-12-24', time: '18:00', zone: 'Asia/Tokyo' };
  assert.deepEqual(draft.bodyOf(post, false), {
    channel: 'cafe', kind: 'image', caption: 'Hi', first_comment: '', location_id: '', collaborators: [], ai_generated: false,
    media: [{
      type: 'image', file: 'file_1', alt_text: 'a cat', user_tags: [{ username: 'anna', x: 0.25, y: 0.75 }],
      product_tags: [{ product_id: '7', x: 0.5, y: 0 }],
    }],
    at: '2026-12-24T18:00:00', zone: 'Asia/Tokyo', draft: false,
  });
  const reel = draft.bodyOf({ ...post, kind: 'reel', media: [{ ...one, type: 'video' }], thumbOffset: '2,5', when: 'now', trial: 'manual' }, true);
  assert.deepEqual(reel.media, [{ type: 'video', file: 'file_1', user_tags: [{ username: 'anna' }], product_tags: [{ product_id: '7' }] }],
    'nobody and nothing has a place in a video');
  assert.deepEqual(reel.reel, { thumb_offset_ms: 2500, share_to_feed: true, trial: 'manual' });
  assert.equal('at' in reel, false);
  assert.equal(reel.draft, true);
  const story = draft.bodyOf({ ...post, kind: 'story', collaborators: ['anna'], isAi: true }, false);
  assert.deepEqual([story.caption, story.collaborators, story.media[0].alt_text, story.media[0].product_tags], ['', [], undefined, undefined]);
  assert.equal(story.ai_generated, true);
  const change = draft.changeOf({ ...post, when: 'now' }, false, Date.parse('2026-12-02T00:00:00Z'));
  assert.equal(change.at, '2026-12-02T00:00:00.000Z');
  assert.equal('channel' in change, false);
  assert.equal(draft.changeOf({ ...post, when: 'now' }, true, 0).at, null, 'a draft that has no time is given none');
});

test('helpers: a change of something else leaves the time of a post as it is', () => {
  const now = Date.parse('2026-10-20T00:00:00Z');
  const stored = (part) => ({
    id: 'post_1', channel: 'cafe', kind: 'image', state: 'scheduled', caption: 'Hi', media: [], zone: null, wall_time: null, ...part,
  });
  const edited = (part, change = {}) => ({ ...draft.draftOf(stored(part), now, false), caption: 'Ho', ...change });
  const timeIn = ({ at, zone }) => ({ at, zone });
  const untouched = { at: undefined, zone: undefined };
  const zoned = { at: '2026-10-25T00:30:00Z', zone: 'Europe/Berlin', wall_time: '2026-10-25T02:30:00' };
  const cases = {
    'the second of two equal times': { at: '2026-10-25T01:30:00Z' },
    'seconds': { at: '2026-10-25T17:04:05.250Z' },
    'kept by a zone': zoned,
    'a draft with a time': { ...zoned, state: 'draft' },
  };
  for (const [name, part] of Object.entries(cases)) {
    const change = edited(part);
    assert.equal(draft.changeOf(change, false, now).caption, 'Ho');
    assert.deepEqual(timeIn(draft.changeOf(change, false, now)), untouched, name);
    const check = part.wall_time ? { at: part.wall_time, zone: part.zone } : { at: part.at, zone: undefined };
    assert.deepEqual(timeIn(draft.bodyOf(change, false)), check, `${name}: what is checked is that time`);
    assert.equal(draft.dueAt(change), Date.parse(part.at), name);
  }
  const touched = (part) => timeIn(draft.changeOf(edited(zoned, part), false, now));
  assert.deepEqual(touched({ time: '02:31' }), { at: '2026-10-25T02:31:00', zone: 'Europe/Berlin' });
  assert.deepEqual(touched({ date: '2026-10-26' }), { at: '2026-10-26T02:30:00', zone: 'Europe/Berlin' });
  assert.deepEqual(touched({ zone: 'Europe/Lisbon' }), { at: '2026-10-25T02:30:00', zone: 'Europe/Lisbon' });
  assert.deepEqual(touched({ when: 'now' }), { at: '2026-10-20T00:00:00.000Z', zone: undefined });
  const seconds = edited({ at: '2026-10-25T17:04:05Z' });
  const back = { ...seconds, time: '00:00' };
  assert.equal(draft.changeOf(back, false, now).at, `${back.date}T00:00:00`);
  assert.equal('at' in draft.changeOf({ ...back, time: seconds.time }, false, now), false, 'put back by hand');
  // Times that are only proposed are not the post's.
  assert.ok(draft.changeOf(edited({ at: '2026-10-01T00:00:00Z', state: 'draft' }), false, now).at > '2026-10-10');
  assert.ok(draft.changeOf(edited({ at: null, state: 'draft' }), false, now).at > '2026-10-10');
});
