// instagram-graph-api 7: slashes where it likes them, camel case made of snake case.
import assert from 'node:assert/strict';
import * as instagram from 'instagram-graph-api';
import { DAY_S, advance, facebookApp, flow, mint } from '../simulator.mjs';

export default async function () {
  await flow('instagram-graph-api: Pages and account', async () => {
    const minted = await mint('facebook');
    const pages = await new instagram.GetAuthorizedFacebookPagesRequest(minted.access_token).execute();
    assert.equal(pages.getAuthorizedFacebookPages()[0].name, 'Demo Cafe');
    const linked = await new instagram.GetLinkedInstagramAccountRequest(minted.access_token, minted.page_id).execute();
    assert.equal(linked.getInstagramPageId(), minted.ig_user_id);
    const info = await new instagram.GetPageInfoRequest(minted.access_token, minted.ig_user_id).execute();
    assert.equal(info.getUsername(), 'demo_cafe');
  });

  // It gives what Meta answers, errors too, as if it were what was asked for.
  await flow('instagram-graph-api: an expired token', async () => {
    const minted = await mint('facebook');
    await advance(61 * DAY_S);
    const answer = await new instagram.GetPageInfoRequest(minted.access_token, minted.ig_user_id).execute();
    assert.equal(answer.getData().error.error_subcode, 463);
  });

  await flow('instagram-graph-api: its exchange sends a broken token, and is refused', async () => {
    const minted = await mint('facebook', { lifetime: 'short' });
    const answer = await new instagram.GetUserLongLivedTokenRequest(minted.access_token, facebookApp.id, facebookApp.secret).execute();
    assert.equal(answer.getData().error.code, 190);
  });
}
