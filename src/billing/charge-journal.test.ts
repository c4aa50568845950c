import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { silentLog } from '../../testkit/silent-log.ts';
import { ChargeJournal } from './charge-journal.ts';
import type { KeyedDue } from './charge-store.ts';

const due = (key: string): KeyedDue => ({
  key,
  accountId: 'MAJOURNALACCOUNT0001',
  ownerId: 'SAJOURNALACCOUNT0001',
  kind: 'speech_recognition',
  micros: 20_000,
  detail: 'a call',
  at: 1_700_000_000_000,
});

/** Notes two charges, says so, and lives on until it is killed. */
const NOTING = `
const [, journal, file, ...keys] = process.argv;
const { ChargeJournal } = await import(journal);
const opened = await ChargeJournal.open(file, console);
for (const key of keys) opened.note(JSON.parse(key));
console.log('noted');
setInterval(() => undefined, 60_000);
`;

describe('the journal of charges', () => {
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'ringdown-journal-'));
  });
  beforeEach(async () => {
    file = path.join(folder, 'charges.jsonl');
    await rm(file, { force: true });
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const open = () => ChargeJournal.open(file, silentLog);
  const keysLeft = async () => {
    const journal = await open();
    journal.close();
    return journal.left.map(({ key }) => key);
  };

  test('has what a process had noted that was killed', { timeout: 20_000 }, async () => {
    const entries = [due('first'), due('second')];
    const journal = new URL('./charge-journal.ts', import.meta.url).href;
    const args = ['--input-type=module', '-e', NOTING, journal, file, ...entries.map((entry) => JSON.stringify(entry))];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    assert.match(String((await once(child.stdout, 'data'))[0]), /noted/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const opened = await open();
    assert.deepEqual(opened.left, entries);
    opened.close();
    assert.deepEqual(await keysLeft(), ['first', 'second'], 'until somebody settles them');
  });

  test('is empty once everything is settled, what was left and what was noted', async () => {
    const first = await open();
    first.note(due('first'));
    first.close();
    const second = await open();
    second.note(due('second'));
    second.settle();
    assert.notEqual(await readFile(file, 'utf8'), '');
    second.settle();
    assert.equal(await readFile(file, 'utf8'), '');
    second.note(due('third'));
    second.close();
    assert.deepEqual(await keysLeft(), ['third']);
  });

  test('passes over lines that are cut short or say nothing', async () => {
    await writeFile(file, `${JSON.stringify(due('first'))}\n[1]\nnull\n{"key":"no more"}\n{"key":"cut sh`);
    const journal = await open();
    assert.deepEqual(journal.left, [due('first')]);
    journal.note(due('second'));
    journal.close();
    assert.deepEqual(await keysLeft(), ['first', 'second']);
    await appendFile(file, JSON.stringify({ ...due('third'), kind: 'call' }));
    assert.deepEqual(await keysLeft(), ['first', 'second']);
  });

  test('has an end', async () => {
    const journal = await open();
    const long = { ...due('long'), detail: 'x'.repeat(1024 * 1024) };
    for (let noted = 0; noted < 20; noted++) journal.note(long);
    journal.close();
    assert.equal((await keysLeft()).length, 15);
  });
});
