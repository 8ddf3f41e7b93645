// What arrives from Meta: x-hub-signature 2, fb-signed-parser, messaging-api-messenger 1.
import assert from 'node:assert/strict';
import signedRequest from 'fb-signed-parser';
import messenger from 'messaging-api-messenger';
import XHubSignature from 'x-hub-signature';
import { control, event, facebookApp, flow, instagramApp, ledger, listen, mint, rejection } from '../simulator.mjs';

const VERIFY_TOKEN = 'what the application made up';

// An application's webhook: answers the handshake, takes events.
const application = () => listen((request, response) => {
  const query = new URL(request.url, 'http://localhost').searchParams;
  const isHandshake = request.method === 'GET' && query.get('hub.mode') === 'subscribe';
  if (!isHandshake) return response.end();
  const isOurs = query.get('hub.verify_token') === VERIFY_TOKEN;
  response.statusCode = isOurs ? 200 : 403;
  return response.end(isOurs ? query.get('hub.challenge') : '');
});

const client = () => new messenger.MessengerClient({
  accessToken: `${facebookApp.id}|${facebookApp.secret}`, appId: facebookApp.id, appSecret: facebookApp.secret, version: '25.0',
});

export default async function () {
  await flow('messaging-api-messenger: subscribe with a handshake, list, receive', async () => {
    const server = await application();
    const wish = { accessToken: `${facebookApp.id}|${facebookApp.secret}`, object: 'instagram', fields: ['comments', 'mentions'], includeValues: true };
    const subscribed = await client().createSubscription({ ...wish, callbackUrl: `${server.url}/hook?app=1`, verifyToken: VERIFY_TOKEN });
    assert.deepEqual(subscribed, { success: true });
    const [row] = await client().getSubscriptions();
    assert.equal(row.object, 'instagram');
    assert.deepEqual(row.fields.map((field) => field.name), ['comments', 'mentions']);
    const refused = await rejection(client().createSubscription({ ...wish, callbackUrl: `${server.url}/hook`, verifyToken: 'wrong' }));
    assert.match(refused.message, /2200/);

    await control('POST', 'webhook', { object: 'instagram', field: 'comments', value: { text: 'Grüße / 👋', id: '1' } });
    const arrived = await server.first((request) => request.method === 'POST');
    const text = arrived.body.toString('latin1');
    assert.match(text, /Gr\\u00fc\\u00dfe/);
    for (const [name, algorithm] of [['x-hub-signature-256', 'sha256'], ['x-hub-signature', 'sha1']]) {
      assert.equal(new XHubSignature(algorithm, facebookApp.secret).verify(arrived.headers[name], arrived.body), true, name);
      assert.equal(new XHubSignature(algorithm, 'another secret').verify(arrived.headers[name], arrived.body), false, name);
    }
    const document = JSON.parse(text);
    assert.equal(document.object, 'instagram');
    assert.equal(document.entry[0].changes[0].value.text, 'Grüße / 👋');
    assert.equal(typeof document.entry[0].time, 'number');
    await server.close();
  });

  await flow('messaging-api-messenger: debug_token and batch', async () => {
    const { access_token: accessToken } = await mint('facebook', { kind: 'page' });
    const page = new messenger.MessengerClient({ accessToken, appId: facebookApp.id, appSecret: facebookApp.secret, version: '25.0' });
    const info = await page.debugToken();
    assert.equal(info.type, 'PAGE');
    assert.equal(info.isValid, true);
    assert.equal((await page.getPageInfo()).name, 'Demo Cafe');
    const answers = await page.sendBatch([{ method: 'GET', relativeUrl: 'me' }, { method: 'GET', relativeUrl: 'me?fields=category' }]);
    assert.deepEqual(answers.map((each) => each.code), [200, 200]);
  });

  await flow('x-hub-signature: an event is tried again until it is taken', async () => {
    let refusals = 2;
    const server = await listen((request, response) => {
      const query = new URL(request.url, 'http://localhost').searchParams;
      if (request.method === 'GET') return response.end(query.get('hub.challenge'));
      response.statusCode = refusals-- > 0 ? 500 : 200;
      return response.end();
    });
    await control('POST', 'app', { app_id: instagramApp.id, webhook: { callback_url: `${server.url}/hook`, verify_token: 'v', fields: ['comments'] } });
    await control('POST', 'webhook', { object: 'instagram', field: 'comments', value: {} });
    await server.first((request) => request.method === 'POST');
    const delivery = async () => (await ledger()).deliveries.find((each) => each.kind === 'webhook');
    while ((await delivery()).state !== 'delivered') await control('POST', 'clock', { advance_s: 3600 });
    assert.deepEqual((await delivery()).attempts.map((attempt) => attempt.status), [500, 500, 200]);
    const last = server.requests.at(-1);
    assert.ok(new XHubSignature('sha256', instagramApp.secret).verify(last.headers['x-hub-signature-256'], last.body));
    await server.close();
  });

  await flow('fb-signed-parser: deauthorize and data deletion, on both logins', async () => {
    const server = await listen((request, response) =>
      response.end(request.url === '/deletion' ? '{"url":"https://example.com/d/1","confirmation_code":"abc1"}' : ''));
    for (const [login, app] of [['facebook', facebookApp], ['instagram', instagramApp]]) {
      server.requests.length = 0;
      await control('POST', 'app', { app_id: app.id, deauthorize_callback_url: `${server.url}/deauthorize`, data_deletion_callback_url: `${server.url}/deletion` });
      const minted = await mint(login);
      await event('data-deletion', { login });
      for (const path of ['/deauthorize', '/deletion']) {
        const arrived = await server.first((request) => request.url === path);
        const payload = signedRequest.parse(new URLSearchParams(arrived.body.toString()).get('signed_request'), app.secret);
        assert.equal(payload.user_id, minted.user_id, `${login} ${path}`);
        assert.equal(payload.algorithm, 'HMAC-SHA256');
      }
    }
    await server.close();
  });
}
