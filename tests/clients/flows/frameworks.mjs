// Frameworks of login: @auth/core 0.41 (Auth.js) and better-auth 1.7.
import assert from 'node:assert/strict';
import { Auth } from '@auth/core';
import FacebookProvider from '@auth/core/providers/facebook';
import InstagramProvider from '@auth/core/providers/instagram';
import { facebook } from 'better-auth/social-providers';
import { event, facebookApp, flow, instagramApp, mint, pass, redirectUri } from '../simulator.mjs';

const origin = 'http://localhost:3000';

// A browser's part: cookies kept from answer to answer.
function browser(config) {
  const jar = new Map();
  return async (path, form) => {
    const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') };
    const body = form ? new URLSearchParams(form) : undefined;
    if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
    const answer = await Auth(new Request(origin + path, { method: form ? 'POST' : 'GET', headers, body }), config);
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return answer;
  };
}

const settings = (provider, errors) => ({
  providers: [provider], secret: 'a secret of this test', trustHost: true, basePath: '/auth', useSecureCookies: false,
  logger: { error: (error) => errors.push(error), warn() {}, debug() {} },
});

async function signIn(name, provider, errors, dialogChanges = {}) {
  const visit = browser(settings(provider, errors));
  const { csrfToken } = await (await visit('/auth/csrf')).json();
  const begun = await visit(`/auth/signin/${name}`, { csrfToken, callbackUrl: origin });
  const dialog = new URL(begun.headers.get('location'));
  for (const [parameter, value] of Object.entries(dialogChanges)) dialog.searchParams.set(parameter, value);
  const back = await pass(dialog);
  const done = await visit(back.pathname + back.search);
  return { done, session: await (await visit('/auth/session')).json() };
}

export default async function () {
  await flow('@auth/core: Facebook, to a session', async () => {
    const errors = [];
    const provider = FacebookProvider({ clientId: facebookApp.id, clientSecret: facebookApp.secret });
    const { done, session } = await signIn('facebook', provider, errors);
    assert.deepEqual(errors, []);
    assert.equal(done.status, 302);
    assert.equal(session.user.name, 'Dana Demo');
    assert.match(session.user.image, /^https:/);
  });

  await flow('@auth/core: its Instagram provider fails as it does against Instagram', async () => {
    const errors = [];
    const provider = InstagramProvider({
      clientId: instagramApp.id, clientSecret: instagramApp.secret,
      authorization: 'https://api.instagram.com/oauth/authorize?scope=instagram_business_basic',
    });
    const { session } = await signIn('instagram', provider, errors);
    assert.equal(session, null);
    assert.match(String(errors[0]?.cause?.err?.message ?? errors[0]), /token_type/);
  });

  await flow('better-auth: Facebook, with its check of the token', async () => {
    const provider = facebook({ clientId: facebookApp.id, clientSecret: facebookApp.secret });
    const dialog = await provider.createAuthorizationURL({ state: 's', codeVerifier: 'v'.repeat(50), redirectURI: redirectUri });
    const back = await pass(dialog);
    const tokens = await provider.validateAuthorizationCode({ code: back.searchParams.get('code'), redirectURI: redirectUri });
    const { user } = await provider.getUserInfo(tokens);
    assert.equal(user.name, 'Dana Demo');
    const foreign = await mint('facebook', { app_id: '300000000000003' });
    assert.equal(await provider.getUserInfo({ accessToken: foreign.access_token }), null);
    await event('password-changed');
    assert.equal(await provider.getUserInfo(tokens), null);
  });
}
