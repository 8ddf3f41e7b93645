// Runs every test of this folder, one after the other, and counts; the last line is "N passed, N failed, N skipped".

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Skip, closeBrowser, program, tests } from './support.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const LIMIT_MS = 240_000; // one test; a hang is a failure, not a wait

if (!program) {
  console.error('build/release/everlong does not exist; run ./run.sh --build-only');
  process.exit(2);
}
for (const file of readdirSync(here).filter((name) => name.endsWith('.test.mjs')).sort()) {
  await import(pathToFileURL(join(here, file)).href);
}

const count = { passed: 0, failed: 0, skipped: 0 };
for (const { name, body } of tests) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  const started = Date.now();
  const took = () => `(${((Date.now() - started) / 1000).toFixed(1)} s)`;
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  const cleanups = [];
  try {
    await Promise.race([body({ after: (work) => cleanups.push(work) }), limit]);
    for (const work of cleanups.splice(0).reverse()) await work();
    ++count.passed;
    console.log(`ok     ${name} ${took()}`);
  } catch (thrown) {
    for (const work of cleanups.splice(0).reverse()) await Promise.resolve(work(thrown)).catch(() => undefined);
    if (thrown instanceof Skip) {
      ++count.skipped;
      console.log(`skipped ${name}: ${thrown.message}`);
    } else {
      ++count.failed;
      console.log(`FAILED ${name} ${took()}\n  ${String(thrown?.stack ?? thrown).replace(/\n/g, '\n  ')}`);
    }
  } finally {
    clearTimeout(timer);
  }
}
await closeBrowser();
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exit(count.failed > 0 || count.passed + count.skipped === 0 ? 1 : 0);
