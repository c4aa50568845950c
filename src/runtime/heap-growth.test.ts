import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** What a process says whose V8 does not know a flag comes on its standard error. */
const saidOf = (script: string): string =>
  spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stderr;

test('V8 knows what the heap is told', () => {
  const module = JSON.stringify(new URL('./heap-growth.ts', import.meta.url).href);
  assert.equal(saidOf(`(await import(${module})).letHeapGrow()`), '');
  assert.notEqual(saidOf(`(await import('node:v8')).setFlagsFromString('--no-such-flag')`), '');
});
