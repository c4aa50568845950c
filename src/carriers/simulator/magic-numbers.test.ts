import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { messageCodes } from '../../errors/message-codes.ts';
import { parseDestination } from '../../messaging/phone-number.ts';
import { behaviourOf, chooses, MAGIC_PREFIX, magicNumbers, ordinaryDelivery } from './magic-numbers.ts';

describe('magic numbers', () => {
  it('are numbers of the US to every check a real destination passes', () => {
    for (const number of magicNumbers.keys()) {
      const result = parseDestination(`+${number}`);
      assert.ok(result.ok && result.number.digits === number && result.number.countryIso2 === 'US', number);
    }
  });

  it('refuse and do not deliver with every error code there is', () => {
    for (const code of messageCodes.keys()) {
      if (code === '000') continue;
      const suffix = code.slice(-3).padStart(3, '0');
      const refusal = behaviourOf(`${MAGIC_PREFIX}1${suffix}`).refusal;
      assert.deepEqual([refusal?.kind, refusal?.errorCode], ['rejected', code]);
      const receipts = behaviourOf(`${MAGIC_PREFIX}2${suffix}`).receipts;
      assert.deepEqual(
        receipts.map(({ state, errorCode }) => [state, errorCode]),
        [['undelivered', code]],
      );
    }
  });

  it('use error codes of the catalogue only, 000 with delivery and never without', () => {
    for (const { number, behaviour } of magicNumbers.values()) {
      if (behaviour.refusal?.errorCode) assert.ok(messageCodes.has(behaviour.refusal.errorCode), number);
      for (const { state, errorCode } of behaviour.receipts) {
        assert.ok(messageCodes.has(errorCode), number);
        assert.equal(errorCode === '000', state !== 'undelivered', number);
      }
    }
  });

  it('are each another number', () => {
    // A map would hide the second of two rows.
    assert.equal(magicNumbers.size, 22 + 2 * (messageCodes.size - 1));
  });

  it('leave every other number an ordinary delivery', () => {
    assert.equal(behaviourOf('14155550100'), ordinaryDelivery);
    assert.equal(behaviourOf(`${MAGIC_PREFIX}9999`), ordinaryDelivery);
  });

  it('choose all, the last or the other parts', () => {
    const picked = (choice: 'all' | 'last' | 'others', count: number) =>
      Array.from({ length: count }, (_, part) => part).filter((part) => chooses(choice, part, count));
    assert.deepEqual(picked('all', 3), [0, 1, 2]);
    assert.deepEqual(picked('last', 3), [2]);
    assert.deepEqual(picked('others', 3), [0, 1]);
    assert.deepEqual(picked('last', 1), [0]);
    assert.deepEqual(picked('others', 1), []);
  });

  it('are listed in docs/simulator.md, each with its description and no others', async () => {
    const page = await readFile(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');
    const messages = page.slice(0, page.indexOf('\n## Calls'));
    const listed = [...messages.matchAll(/^\| `\+(\d+)` +\| (.*?) +\|$/gm)].map((row) => [row[1], row[2]]);
    const expected = [...magicNumbers.values()].map(({ number, description }) => [number, description]);
    assert.deepEqual(listed, expected);
  });
});
