/**
 * Runs the acceptance suites: `npm run acceptance` all of them, `npm run acceptance -- faults sdk-node` those whose file name has one of
 * the words. One file after the other, because each starts servers of its own and two of them measure time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const words = process.argv.slice(2);
const files = (await readdir(folder))
  .filter((name) => name.endsWith('.acceptance.ts') && (words.length === 0 || words.some((word) => name.includes(word))))
  .toSorted();
if (files.length === 0) {
  process.stderr.write(`no acceptance suite is named like ${words.join(' or ')}\n`);
  process.exit(2);
}
/** Longest single test: the kill rounds and the webhook schedule, with room for a slow machine. */
const TEST_TIMEOUT_MS = 300_000;

await rm(`${folder}.work/logs`, { recursive: true, force: true });
const child = spawn(
  process.execPath,
  ['--test', '--test-concurrency=1', `--test-timeout=${TEST_TIMEOUT_MS}`, ...files.map((name) => `acceptance/${name}`)],
  { cwd: `${folder}..`, stdio: 'inherit' },
);
const [code] = await once(child, 'exit');
if (code !== 0) process.stderr.write(`the servers' logs are in ${folder}.work/logs\n`);
process.exitCode = code ?? 1;
