// Libraries of login: arctic 3, oauth4webapi 3, simple-oauth2 5, client-oauth2 4, passport-facebook 3.
import assert from 'node:assert/strict';
import * as arctic from 'arctic';
import ClientOAuth2 from 'client-oauth2';
import * as oauth from 'oauth4webapi';
import { Strategy } from 'passport-facebook';
import { AuthorizationCode } from 'simple-oauth2';
import { facebookApp, flow, instagramApp, pass, redirectUri, rejection } from '../simulator.mjs';

const facebookServer = {
  issuer: 'https://www.facebook.com',
  authorization_endpoint: 'https://www.facebook.com/v25.0/dialog/oauth',
  token_endpoint: 'https://graph.facebook.com/v25.0/oauth/access_token',
};
const instagramServer = {
  issuer: 'https://www.instagram.com',
  authorization_endpoint: 'https://www.instagram.com/oauth/authorize',
  token_endpoint: 'https://api.instagram.com/oauth/access_token',
};

// What passport's strategies tell of a request.
const attempt = (strategy, request) => new Promise((resolve) => {
  const acting = Object.create(strategy);
  for (const verb of ['redirect', 'success', 'fail', 'error', 'pass'])
    acting[verb] = (...told) => resolve({ verb, told });
  acting.authenticate(request, { scope: ['email'] });
});

export default async function () {
  await flow('arctic: Facebook', async () => {
    const facebook = new arctic.Facebook(facebookApp.id, facebookApp.secret, redirectUri);
    const state = arctic.generateState();
    const back = await pass(facebook.createAuthorizationURL(state, ['email', 'public_profile']));
    assert.equal(back.searchParams.get('state'), state);
    const tokens = await facebook.validateAuthorizationCode(back.searchParams.get('code'));
    assert.ok(tokens.accessTokenExpiresInSeconds() > 3000);
    const answer = await fetch(`https://graph.facebook.com/me?fields=id,name,picture,email&access_token=${tokens.accessToken()}`);
    assert.equal((await answer.json()).name, 'Dana Demo');
    const again = await rejection(facebook.validateAuthorizationCode(back.searchParams.get('code')));
    assert.ok(again instanceof Error);
  });

  await flow('oauth4webapi: Facebook with PKCE, right verifier and wrong', async () => {
    const client = { client_id: facebookApp.id };
    const login = async (wanted, shown) => {
      const dialog = new URL(facebookServer.authorization_endpoint);
      dialog.search = new URLSearchParams({
        client_id: facebookApp.id, redirect_uri: redirectUri, response_type: 'code', scope: 'public_profile', state: 's',
        code_challenge: await oauth.calculatePKCECodeChallenge(wanted), code_challenge_method: 'S256',
      });
      const parameters = oauth.validateAuthResponse(facebookServer, client, await pass(dialog), 's');
      const answer = await oauth.authorizationCodeGrantRequest(
        facebookServer, client, oauth.ClientSecretPost(facebookApp.secret), parameters, redirectUri, shown);
      return oauth.processAuthorizationCodeResponse(facebookServer, client, answer);
    };
    const verifier = oauth.generateRandomCodeVerifier();
    const tokens = await login(verifier, verifier);
    assert.equal(tokens.token_type, 'bearer');
    assert.equal(typeof tokens.expires_in, 'number');
    await rejection(login(verifier, oauth.generateRandomCodeVerifier()));
  });

  await flow('oauth4webapi: a denied login', async () => {
    const dialog = `${facebookServer.authorization_endpoint}?client_id=${facebookApp.id}&response_type=code&state=s&redirect_uri=${encodeURIComponent(redirectUri)}`;
    const back = await pass(dialog, { decision: 'deny' });
    const error = await rejection(Promise.resolve().then(() => oauth.validateAuthResponse(facebookServer, { client_id: facebookApp.id }, back, 's')));
    assert.equal(error.error, 'access_denied');
  });

  await flow('oauth4webapi: Instagram answers without token_type, which it refuses', async () => {
    const client = { client_id: instagramApp.id };
    const dialog = `${instagramServer.authorization_endpoint}?client_id=${instagramApp.id}&response_type=code&state=s&scope=instagram_business_basic&redirect_uri=${encodeURIComponent(redirectUri)}`;
    const parameters = oauth.validateAuthResponse(instagramServer, client, await pass(dialog), 's');
    const answer = await oauth.authorizationCodeGrantRequest(
      instagramServer, client, oauth.ClientSecretPost(instagramApp.secret), parameters, redirectUri, oauth.nopkce);
    const error = await rejection(oauth.processAuthorizationCodeResponse(instagramServer, client, answer));
    assert.match(error.message, /token_type/);
  });

  await flow('simple-oauth2: Facebook by HTTP Basic and by parameters', async () => {
    for (const authorizationMethod of ['header', 'body']) {
      const client = new AuthorizationCode({
        client: { id: facebookApp.id, secret: facebookApp.secret },
        auth: { tokenHost: 'https://graph.facebook.com', tokenPath: '/v25.0/oauth/access_token',
                authorizeHost: 'https://www.facebook.com', authorizePath: '/v25.0/dialog/oauth' },
        options: { authorizationMethod },
      });
      const back = await pass(client.authorizeURL({ redirect_uri: redirectUri, scope: ['email', 'public_profile'], state: 's' }));
      const { token } = await client.getToken({ code: back.searchParams.get('code'), redirect_uri: redirectUri });
      assert.ok(token.access_token.startsWith('EAA'));
      assert.ok(token.expires_at instanceof Date);
    }
  });

  await flow('simple-oauth2: Instagram', async () => {
    const client = new AuthorizationCode({
      client: { id: instagramApp.id, secret: instagramApp.secret },
      auth: { tokenHost: 'https://api.instagram.com', tokenPath: '/oauth/access_token',
              authorizeHost: 'https://api.instagram.com', authorizePath: '/oauth/authorize' },
      options: { authorizationMethod: 'body' },
    });
    const back = await pass(client.authorizeURL({ redirect_uri: redirectUri, scope: 'instagram_business_basic,instagram_business_content_publish', state: 's' }));
    const { token } = await client.getToken({ code: back.searchParams.get('code'), redirect_uri: redirectUri });
    assert.deepEqual(token.permissions, ['instagram_business_basic', 'instagram_business_content_publish']);
    const error = await rejection(client.getToken({ code: back.searchParams.get('code'), redirect_uri: redirectUri }));
    assert.equal(error.data.payload.error_type, 'OAuthException');
    assert.equal(error.data.payload.code, 400);
  });

  await flow('client-oauth2: Facebook', async () => {
    const client = new ClientOAuth2({
      clientId: facebookApp.id, clientSecret: facebookApp.secret, redirectUri, scopes: ['email', 'public_profile'],
      accessTokenUri: facebookServer.token_endpoint, authorizationUri: facebookServer.authorization_endpoint, state: 's',
    });
    const back = await pass(client.code.getUri());
    const token = await client.code.getToken(back.href.replace(back.hash, ''), { state: 's' });
    assert.equal(token.tokenType, 'bearer');
    assert.equal(token.expired(), false);
  });

  await flow('passport-facebook: profile, denied login, spent code', async () => {
    const strategy = new Strategy({
      clientID: facebookApp.id, clientSecret: facebookApp.secret, callbackURL: redirectUri, enableProof: true,
      profileFields: ['id', 'displayName', 'name', 'emails', 'photos', 'gender', 'profileUrl'],
    }, (accessToken, refreshToken, profile, done) => done(null, profile));
    const begun = await attempt(strategy, { query: {}, session: {} });
    assert.equal(begun.verb, 'redirect');
    const back = await pass(begun.told[0]);
    const request = { query: Object.fromEntries(back.searchParams), session: {} };
    const done = await attempt(strategy, request);
    assert.equal(done.verb, 'success', JSON.stringify(done.told));
    assert.equal(done.told[0].displayName, 'Dana Demo');
    assert.equal(done.told[0].name.familyName, 'Demo');
    assert.match(done.told[0].emails[0].value, /@/);
    const spent = await attempt(strategy, request);
    assert.equal(spent.verb, 'error');
    assert.equal(spent.told[0].code, 100);
    const denied = await pass(begun.told[0], { decision: 'deny' });
    assert.equal((await attempt(strategy, { query: Object.fromEntries(denied.searchParams), session: {} })).verb, 'fail');
  });
}
