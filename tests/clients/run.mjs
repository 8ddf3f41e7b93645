// Runs every flow, or those of the libraries named: node --require ./preload.cjs run.mjs [NAME...]
import { readdir } from 'node:fs/promises';
import { end } from './simulator.mjs';

const wanted = process.argv.slice(2);
for (const file of (await readdir(new URL('flows/', import.meta.url))).sort()) {
  if (wanted.length === 0 || wanted.some((name) => file.includes(name))) {
    const { default: flows } = await import(`./flows/${file}`);
    await flows();
  }
}
end();
