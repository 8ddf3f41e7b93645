// fbgraph 1: callbacks, version 2.9 of the Graph, urlencoded bodies without a Content-Type, DELETE by method=delete.
import assert from 'node:assert/strict';
import { promisify } from 'node:util';
import graph from 'fbgraph';
import { DAY_S, advance, event, facebookApp, facebookScopes, flow, mint, pass, redirectUri, rejection } from '../simulator.mjs';

const [get, post, del, batch, authorize, extend] = ['get', 'post', 'del', 'batch', 'authorize', 'extendAccessToken']
  .map((name) => promisify(graph[name].bind(graph)));
const app = { client_id: facebookApp.id, client_secret: facebookApp.secret };

const begin = () => { graph.setAppSecret(null); graph.setAccessToken(null); };

export default async function () {
  await flow('fbgraph: login, exchange, profile', async () => {
    begin();
    const dialog = graph.getOauthUrl({ client_id: facebookApp.id, redirect_uri: redirectUri, scope: facebookScopes.join(', ') });
    const back = await pass(dialog);
    const first = await authorize({ ...app, redirect_uri: redirectUri, code: back.searchParams.get('code') });
    assert.equal(first.token_type, 'bearer');
    const second = await extend({ ...app });
    assert.notEqual(second.access_token, first.access_token);
    assert.equal(graph.getAccessToken(), second.access_token);
    const me = await get('me', { fields: 'id,name,email,picture.type(large)' });
    assert.equal(me.name, 'Dana Demo');
    assert.match(me.picture.data.url, /^https:/);
  });

  await flow('fbgraph: appsecret_proof, right and wrong', async () => {
    begin();
    graph.setAccessToken((await mint('facebook')).access_token);
    graph.setAppSecret(facebookApp.secret);
    assert.equal((await get('me')).name, 'Dana Demo');
    graph.setAppSecret('another secret');
    const refused = await rejection(get('me'));
    assert.equal(refused.code, 100);
    assert.equal(refused.type, 'GraphMethodException');
  });

  await flow('fbgraph: paging to the end', async () => {
    begin();
    const minted = await mint('facebook', { account: 'demo_shop_001' });
    graph.setAccessToken(minted.access_token);
    const seen = new Set();
    let page = await get('me/accounts', { fields: 'id', limit: 100 });
    for (;;) {
      page.data.forEach((each) => seen.add(each.id));
      if (!page.paging?.next) break;
      page = await get(page.paging.next);
    }
    assert.equal(seen.size, 230);
  });

  await flow('fbgraph: batch with a reference', async () => {
    begin();
    graph.setAccessToken((await mint('facebook')).access_token);
    const answers = await batch([
      { method: 'GET', name: 'pages', relative_url: 'me/accounts?fields=id', omit_response_on_success: false },
      { method: 'GET', relative_url: '?ids={result=pages:$.data.*.id}&fields=name' },
      { method: 'GET', relative_url: 'nobody_at_all' },
    ]);
    assert.deepEqual(answers.map((each) => each.code), [200, 200, 400]);
    const [id] = JSON.parse(answers[0].body).data.map((each) => each.id);
    assert.equal(JSON.parse(answers[1].body)[id].name, 'Demo Cafe');
    assert.equal(JSON.parse(answers[2].body).error.code, 803);
  });

  await flow('fbgraph: permissions taken back, then the app removed', async () => {
    begin();
    const { access_token: token } = await mint('facebook');
    graph.setAccessToken(token);
    assert.deepEqual(await del('me/permissions/instagram_content_publish'), { success: true });
    const rows = (await get('me/permissions')).data;
    assert.equal(rows.find((row) => row.permission === 'instagram_content_publish').status, 'declined');
    assert.deepEqual(await del('me/permissions'), { success: true });
    assert.equal((await rejection(get('me'))).error_subcode, 458);
  });

  await flow('fbgraph: dead tokens say why', async () => {
    begin();
    graph.setAccessToken((await mint('facebook')).access_token);
    await event('password-changed');
    assert.equal((await rejection(get('me'))).error_subcode, 460);
    graph.setAccessToken((await mint('facebook')).access_token);
    await advance(61 * DAY_S);
    const expired = await rejection(get('me'));
    assert.equal(expired.code, 190);
    assert.equal(expired.error_subcode, 463);
    const refused = await rejection(extend({ ...app, access_token: graph.getAccessToken() }));
    assert.equal(refused.error_subcode, 463);
    await rejection(post('me/feed', { message: 'x' }));
  });
}
