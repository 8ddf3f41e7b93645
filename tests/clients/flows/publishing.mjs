// Publishing: instagram-graph-api 7 and facebook-nodejs-business-sdk 24. The media are valid heads without true pixels.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import sdk from 'facebook-nodejs-business-sdk';
import * as instagram from 'instagram-graph-api';
import { advance, flow, ledger, listen, mint } from '../simulator.mjs';

const { FacebookAdsApi, IGMedia, IGUser } = sdk;
const photo = await readFile(new URL('../media/photo.jpg', import.meta.url));
const reel = await readFile(new URL('../media/reel.mp4', import.meta.url));

const mediaHost = () => listen((request, response) => {
  const isReel = request.url.endsWith('.mp4');
  if (request.url === '/robots.txt') { response.statusCode = 404; return response.end(); }
  response.setHeader('content-type', isReel ? 'video/mp4' : 'image/jpeg');
  return response.end(request.method === 'HEAD' ? undefined : isReel ? reel : photo);
});

// Asks until the container says what becomes of it, in virtual time.
async function settled(ask) {
  for (let tries = 0; tries < 20; ++tries) {
    const status = await ask();
    if (status !== 'IN_PROGRESS') return status;
    await advance(5);
    await new Promise((later) => setTimeout(later, 50)); // the fetch itself is real
  }
  return 'IN_PROGRESS';
}

// The SDK reads its answers into whichever class the edge is described with; the id is what counts.
const idOf = (made) => made.id ?? made._data?.id;

export default async function () {
  await flow('instagram-graph-api: a photo and a reel, published and read', async () => {
    const host = await mediaHost();
    const { access_token: token, ig_user_id: account } = await mint('facebook');
    for (const [request, kind] of [
      [new instagram.PostPagePhotoMediaRequest(token, account, `${host.url}/a.jpg`, 'A photo #one'), 'IMAGE'],
      [new instagram.PostPageReelMediaRequest(token, account, `${host.url}/a.mp4`, 'A reel'), 'VIDEO'],
    ]) {
      const container = (await request.execute()).getId();
      assert.match(container, /^\d+$/);
      const ask = async () => (await new instagram.GetContainerRequest(token, container).execute()).getContainerStatusCode();
      assert.equal(await settled(ask), 'FINISHED', kind);
      const media = (await new instagram.PostPublishMediaRequest(token, account, container).execute()).getId();
      assert.notEqual(media, container);
      assert.equal(await ask(), 'PUBLISHED');
      const info = await new instagram.GetMediaInfoRequest(token, media, 'id', 'media_type', 'permalink', 'caption').execute();
      assert.equal(info.getMediaType(), kind);
      assert.match(info.getPermalink(), kind === 'VIDEO' ? /\/reel\// : /\/p\//);
    }
    assert.equal((await ledger()).media.length, 2);
    await host.close();
  });

  await flow('facebook-nodejs-business-sdk: a carousel', async () => {
    const host = await mediaHost();
    const { access_token: token, ig_user_id: account } = await mint('facebook');
    FacebookAdsApi.init(token);
    const user = new IGUser(account);
    const children = [];
    for (const name of ['a', 'b'])
      children.push(idOf(await user.createMedia([], { image_url: `${host.url}/${name}.jpg`, is_carousel_item: true })));
    const parent = idOf(await user.createMedia([], { media_type: 'CAROUSEL', children, caption: 'Two' }));
    const ask = async () => (await (await fetch(`https://graph.facebook.com/v25.0/${parent}?fields=status_code&access_token=${token}`)).json()).status_code;
    assert.equal(await settled(ask), 'FINISHED');
    const media = idOf(await user.createMediaPublish([], { creation_id: parent }));
    const shown = await new IGMedia(media).get(['media_type', 'children']);
    assert.equal(shown.media_type, 'CAROUSEL_ALBUM');
    assert.equal(shown.children.data.length, 2);
    const limit = await user.getContentPublishingLimit(['quota_usage']);
    assert.equal(limit[0].quota_usage, 1);
    await host.close();
  });

  await flow('facebook-nodejs-business-sdk: a reel by resumable upload, cut and resumed', async () => {
    const { access_token: token, ig_user_id: account } = await mint('facebook');
    FacebookAdsApi.init(token);
    const made = await new IGUser(account).createMedia([], { media_type: 'REELS', upload_type: 'resumable', caption: 'Uploaded' });
    const container = idOf(made);
    const uri = made.uri ?? made._data?.uri;
    assert.match(uri, /^https:\/\/rupload\.facebook\.com\/ig-api-upload\//);
    const read = async () => (await fetch(`https://graph.facebook.com/v25.0/${container}?fields=status_code,video_status&access_token=${token}`)).json();
    const upload = (offset, end) => fetch(uri, {
      method: 'POST', body: reel.subarray(offset, end),
      headers: { authorization: `OAuth ${token}`, offset: String(offset), file_size: String(reel.length) },
    });
    await (await upload(0, 2000)).text();
    assert.equal((await read()).video_status.uploading_phase.bytes_transferred, 2000);
    const done = await upload(2000);
    assert.deepEqual(await done.json(), { success: true, message: 'Upload successful.' });
    assert.equal(await settled(async () => (await read()).status_code), 'FINISHED');
    const media = idOf(await new IGUser(account).createMediaPublish([], { creation_id: container }));
    assert.match(media, /^\d+$/);
  });
}
