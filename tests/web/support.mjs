// What the tests share: the service with its simulator, the browser, and looks at a page that hold for every test.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const built = resolve(process.env.EVERLONG_PROGRAM ?? join(root, 'build/release/everlong'));
export const program = existsSync(built) ? built : null;
export const isLong = process.argv.includes('--long');
export const PASSWORD = 'correct horse battery';
const SHOTS = join(root, 'build/test-logs/web');
const CHROMIUM = process.env.EVERLONG_CHROMIUM ?? '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WAIT_MS = 15_000;

export const tests = [];
export function test(name, body) {
  tests.push({ name, body });
}

export class Skip extends Error {}

// A module of web/src, as JavaScript.
export async function bundled(path) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(root, 'web/src', path)], bundle: true, write: false, format: 'esm', logLevel: 'silent',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

let browser = null;

async function theBrowser() {
  if (!existsSync(CHROMIUM)) throw new Skip(`${CHROMIUM} is not installed (tools/setup test)`);
  browser ??= await chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
}

// Starts the service with a simulator of its own on free ports and an empty data directory.
export async function startService(t, { extra = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'everlong-web-'));
  const data = join(folder, 'data');
  const child = spawn(program, ['serve', '--sandbox', '--port', '0', '--sandbox-port', '0', '--data', data, ...extra], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (bytes) => (errors += bytes));
  const ended = new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal)));
  const service = { folder, data, address: '', sandbox: '', firstVisit: '', lines: [], stop: null };
  t.after(async (thrown) => {
    child.kill('SIGTERM');
    const code = await ended;
    if (thrown && errors) console.log(`  the service said: ${errors.slice(-2000).replace(/\n/g, '\n  ')}`);
    rmSync(folder, { recursive: true, force: true });
    assert.equal(code, 0, `the service ended with ${code}: ${errors.slice(-2000)}`);
  });
  await new Promise((done, failed) => {
    ended.then((code) => failed(new Error(`the service ended with ${code}: ${errors}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      service.lines.push(line);
      const address = /https?:\/\/\S+/.exec(line)?.[0] ?? '';
      if (line.startsWith('Everlong listens on')) service.address = address;
      else if (line.startsWith('sandbox')) service.sandbox = address;
      else if (line.startsWith('First visit:')) service.firstVisit = address;
      if (service.address && service.sandbox && service.firstVisit) done();
    });
  });
  return service;
}

export async function control(service, path, body) {
  const answer = await fetch(`${service.sandbox}/_sandbox/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const value = await answer.json();
  assert.equal(answer.status, 200, `${path}: ${JSON.stringify(value)}`);
  return value;
}

// A new window with an empty profile. It reaches nothing but loopback; at the end of the test it must have met no
// script of somebody else, no error of its own, and nothing that the Content-Security-Policy had to refuse.
export async function openWindow(t, { width = 1100, height = 800, scheme = 'light', reducedMotion = 'no-preference' } = {}) {
  const context = await (await theBrowser()).newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion });
  context.setDefaultTimeout(WAIT_MS);
  const seen = { strangers: [], dialogs: [], troubles: [] };
  await context.route('**/*', (route) => {
    const { hostname, protocol } = new URL(route.request().url());
    if (protocol === 'data:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return route.continue();
    seen.strangers.push(route.request().url());
    return route.abort();
  });
  const page = await context.newPage();
  page.on('dialog', (dialog) => {
    seen.dialogs.push(dialog.message());
    dialog.dismiss().catch(() => undefined);
  });
  page.on('pageerror', (error) => seen.troubles.push(String(error)));
  page.on('console', (message) => {
    // A refused request is told by the page itself; Chromium writes a line about each of them.
    if (message.type() !== 'error' || message.text().startsWith('Failed to load resource')) return;
    seen.troubles.push(message.text());
  });
  t.after(async (thrown) => {
    if (thrown) {
      mkdirSync(SHOTS, { recursive: true });
      await page.screenshot({ path: join(SHOTS, 'failed.png'), fullPage: true }).catch(() => undefined);
      const text = await page.innerText('body').catch(() => '');
      console.log(`  the page ${page.url()} showed:\n    ${text.slice(0, 1500).replace(/\n+/g, '\n    ')}`);
    }
    await context.close();
    if (thrown) return;
    assert.deepEqual(seen, { strangers: [], dialogs: [], troubles: [] });
  });
  return page;
}

export async function setUp(page, service) {
  await page.goto(service.firstVisit);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('The same once more').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('heading', { name: 'Channels', level: 1 }).waitFor();
}

// A signed-in window on a service of its own.
export async function begin(t, options = {}) {
  const service = await startService(t);
  const page = await openWindow(t, options);
  await setUp(page, service);
  return { service, page };
}

// The request as the page itself would make it.
export async function ask(page, method, path, body) {
  return page.evaluate(
    async ([method, path, body]) => {
      const session = await (await fetch('/v1/session')).json();
      const answer = await fetch(path, {
        method,
        headers: { 'Content-Type': 'application/json', ...(session.csrf ? { 'X-Everlong-CSRF': session.csrf } : {}) },
        ...(body === undefined || body === null ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json() };
    },
    [method, path, body ?? null],
  );
}

export async function importChannel(page, service, name, wish) {
  const minted = await control(service, 'token', wish);
  const answer = await ask(page, 'POST', '/v1/channels', { name, token: minted.access_token });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

export async function jump(page, label) {
  const machine = page.locator('#time-machine');
  if ((await machine.getAttribute('aria-expanded')) !== 'true') await machine.click();
  const before = await page.locator('#virtual-now').getAttribute('datetime');
  await page.getByRole('button', { name: label, exact: true }).click();
  await page.waitForFunction((old) => {
    const shown = document.querySelector('#virtual-now')?.getAttribute('datetime');
    return shown && Date.parse(shown) - Date.parse(old) > 3_000_000;
  }, before);
}

export async function shot(page, name) {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

export async function fitsTheWidth(page, what) {
  const over = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth - width;
    if (wide <= 0) return '';
    const culprit = [...document.querySelectorAll('body *')].find((one) => one.getBoundingClientRect().right > width + 1);
    return `${wide} px, by <${culprit?.tagName.toLowerCase()} class="${culprit?.className}">`;
  });
  assert.equal(over, '', `${what} scrolls sideways: ${over}`);
}

// axe-core: nothing serious, nothing critical. Comes in by the debugging protocol: the page's policy admits no script.
export async function isAccessible(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const bad = violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
  assert.deepEqual(bad, [], what);
}

export function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

export function read(path) {
  return readFileSync(path, 'utf8');
}

// Tries up to eight times.
export async function until(what, attempt) {
  for (let i = 0; i < 8; ++i) {
    if (await attempt()) return;
  }
  assert.fail(`it never came about that ${what}`);
}
