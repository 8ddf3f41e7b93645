// fb 2: promises, appsecret_proof by itself, batch, signed requests.
import assert from 'node:assert/strict';
import fbModule from 'fb';
import { DAY_S, advance, control, event, facebookApp, facebookScopes, flow, listen, mint, pass, redirectUri, rejection } from '../simulator.mjs';

const { Facebook } = fbModule;
const client = (token) => new Facebook({ appId: facebookApp.id, appSecret: facebookApp.secret, version: 'v25.0', accessToken: token });

export default async function () {
  await flow('fb: login, exchange, debug_token', async () => {
    const fb = client();
    const back = await pass(fb.getLoginUrl({ scope: facebookScopes.join(','), redirect_uri: redirectUri, state: 'a1b2' }));
    assert.equal(back.searchParams.get('state'), 'a1b2');
    const app = { client_id: facebookApp.id, client_secret: facebookApp.secret };
    const first = await fb.api('oauth/access_token', { ...app, redirect_uri: redirectUri, code: back.searchParams.get('code') });
    const second = await fb.api('oauth/access_token', { ...app, grant_type: 'fb_exchange_token', fb_exchange_token: first.access_token });
    assert.ok(second.expires_in > 59 * DAY_S);
    const { data } = await fb.api('debug_token', { input_token: second.access_token, access_token: `${facebookApp.id}|${facebookApp.secret}` });
    assert.equal(data.is_valid, true);
    assert.equal(data.app_id, facebookApp.id);
    assert.ok(data.scopes.includes('instagram_content_publish'));
    const again = await rejection(fb.api('oauth/access_token', { ...app, redirect_uri: redirectUri, code: back.searchParams.get('code') }));
    assert.equal(again.response.error.error_subcode, 36009);
  });

  await flow('fb: Pages, their tokens, and the account behind them', async () => {
    const minted = await mint('facebook');
    const fb = client(minted.access_token);
    const { data } = await fb.api('me/accounts', { fields: ['id', 'name', 'access_token', 'instagram_business_account{id,username}'] });
    assert.equal(data[0].instagram_business_account.username, 'demo_cafe');
    const page = await client(data[0].access_token).api('me');
    assert.equal(page.id, minted.page_id);
    await advance(61 * DAY_S);
    assert.equal((await rejection(fb.api('me'))).response.error.error_subcode, 463);
    assert.equal((await client(data[0].access_token).api('me')).id, minted.page_id);
  });

  await flow('fb: batch', async () => {
    const fb = client((await mint('facebook')).access_token);
    const answers = await fb.api('', 'post', { batch: [{ method: 'get', relative_url: 'me' }, { method: 'get', relative_url: 'me/accounts' }] });
    assert.deepEqual(answers.map((each) => each.code), [200, 200]);
    assert.equal(JSON.parse(answers[0].body).name, 'Dana Demo');
  });

  await flow('fb: the signed_request of a person who leaves', async () => {
    const server = await listen((_, response) => response.end());
    await control('POST', 'app', { deauthorize_callback_url: `${server.url}/deauthorize` });
    const minted = await mint('facebook');
    await event('app-removed', { login: 'facebook' });
    const arrived = await server.first((request) => request.url === '/deauthorize');
    const text = new URLSearchParams(arrived.body.toString()).get('signed_request');
    assert.equal(client().parseSignedRequest(text).user_id, minted.user_id);
    assert.equal(new Facebook({ appSecret: 'another' }).parseSignedRequest(text), undefined);
    await server.close();
  });
}
