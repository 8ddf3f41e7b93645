// facebook-nodejs-business-sdk 24: Meta's own, on axios.
import assert from 'node:assert/strict';
import sdk from 'facebook-nodejs-business-sdk';
import { DAY_S, advance, flow, mint, rejection } from '../simulator.mjs';

const { FacebookAdsApi, FacebookAdsApiBatch, IGUser, Page, User } = sdk;

export default async function () {
  await flow('facebook-nodejs-business-sdk: person, Pages by cursor, account', async () => {
    const minted = await mint('facebook', { account: 'demo_shop_001' });
    FacebookAdsApi.init(minted.access_token);
    const me = await new User('me').get(['id', 'name']);
    assert.equal(me.name, 'Mona Manypages');
    let pages = await new User('me').getAccounts(['id', 'name', 'instagram_business_account'], { limit: 50 });
    let count = pages.length;
    while (pages.hasNext()) {
      pages = await pages.next();
      count += pages.length;
    }
    assert.equal(count, 230);
    const page = await new Page(minted.page_id).get(['instagram_business_account']);
    const account = await new IGUser(page.instagram_business_account.id).get(['username', 'ig_id', 'media_count']);
    assert.equal(account.username, 'demo_shop_001');
    assert.equal(typeof account.ig_id, 'number');
  });

  await flow('facebook-nodejs-business-sdk: publishing limit', async () => {
    const minted = await mint('facebook');
    FacebookAdsApi.init(minted.access_token);
    const limit = await new IGUser(minted.ig_user_id).getContentPublishingLimit(['quota_usage', 'config']);
    assert.equal(limit[0].quota_usage, 0);
    assert.equal(limit[0].config.quota_duration, DAY_S);
  });

  await flow('facebook-nodejs-business-sdk: batch', async () => {
    const api = FacebookAdsApi.init((await mint('facebook')).access_token);
    const batch = new FacebookAdsApiBatch(api);
    const seen = [];
    for (const path of ['me', 'me/accounts', 'nobody_at_all'])
      batch.add('GET', [path], {}, [], (answer) => seen.push(answer.code ?? 200), (answer) => seen.push('refused'));
    await batch.execute();
    assert.equal(seen.length, 3);
    assert.equal(seen[2], 'refused');
  });

  await flow('facebook-nodejs-business-sdk: an expired token, with what the answer says of it', async () => {
    FacebookAdsApi.init((await mint('facebook')).access_token);
    await advance(61 * DAY_S);
    const error = await rejection(new User('me').get(['id']));
    assert.equal(error.response.code, 190);
    assert.equal(error.response.error_subcode, 463);
  });
}
