// What the flows share: the simulator's control calls, a person at the login dialog, a callback server, and the running
// and counting of flows.
import assert from 'node:assert/strict';
import http from 'node:http';

export const address = process.env.EVERLONG_SIMULATOR;
export const facebookApp = { id: '100000000000001', secret: 'sandbox-app-secret' };
export const instagramApp = { id: '200000000000002', secret: 'sandbox-instagram-app-secret' };
export const redirectUri = 'http://localhost:3000/callback';
export const facebookScopes = [
  'public_profile', 'email', 'instagram_basic', 'instagram_content_publish', 'pages_show_list', 'pages_read_engagement',
];
export const DAY_S = 86400;

export async function control(method, call, body) {
  const answer = await fetch(`${address}/_sandbox/${call}`, {
    method, body: body === undefined ? undefined : JSON.stringify(body), headers: { 'content-type': 'application/json' },
  });
  const document = await answer.json();
  assert.equal(answer.status, 200, `${method} ${call}: ${JSON.stringify(document)}`);
  return document;
}
export const mint = (login, wishes = {}) => control('POST', 'token', { login, ...wishes });
export const advance = (seconds) => control('POST', 'clock', { advance_s: seconds });
export const event = (type, fields = {}) => control('POST', 'event', { type, ...fields });
export const ledger = () => control('GET', 'ledger');

// A person opens the dialog and says yes (or no); what the browser would be sent back with.
export async function pass(dialog, { decision = 'approve', ...more } = {}) {
  let target = new URL(dialog);
  for (let hops = 0; hops < 3; ++hops) {
    target.searchParams.set('sandbox_auto', decision);
    for (const [name, value] of Object.entries(more)) target.searchParams.set(name, value);
    const answer = await fetch(target, { redirect: 'manual' });
    assert.equal(answer.status, 302, `${target.host}${target.pathname} answered ${answer.status}: ${(await answer.text()).slice(-300)}`);
    target = new URL(answer.headers.get('location'));
    if (target.hostname === 'localhost') return target;
  }
  throw new Error(`no way back to the application, but to ${target.host}`);
}

// A server of the application's own; `requests` holds what arrived: {method, url, headers, body}.
export async function listen(answer) {
  const requests = [];
  const waiting = [];
  const server = http.createServer((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      const seen = { method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(pieces) };
      requests.push(seen);
      answer(seen, response);
      waiting.splice(0).forEach((wake) => wake());
    });
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    // The first request that fits, now or later.
    async first(fits) {
      for (;;) {
        const found = requests.find(fits);
        if (found) return found;
        await new Promise((wake) => waiting.push(wake));
      }
    },
    close: () => new Promise((closed) => { server.closeAllConnections(); server.close(closed); }),
  };
}

export async function rejection(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: 'it should have been refused, and was not' });
}

const LIMIT_MS = 30000;
const counts = { passed: 0, failed: 0 };

// One flow of a library; the world is new for each.
export async function flow(name, run) {
  await control('POST', 'reset', {});
  let timer;
  const limit = new Promise((_, late) => { timer = setTimeout(() => late(new Error('took too long')), LIMIT_MS); });
  try {
    await Promise.race([run(), limit]);
    counts.passed += 1;
    console.log(`ok     ${name}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`FAILED ${name}\n  ${String(error?.stack ?? JSON.stringify(error)).replaceAll('\n', '\n  ')}`);
  } finally {
    clearTimeout(timer);
  }
}

export function end() {
  console.log(`${counts.passed} passed, ${counts.failed} failed, 0 skipped`);
  process.exit(counts.failed === 0 ? 0 : 1);
}
