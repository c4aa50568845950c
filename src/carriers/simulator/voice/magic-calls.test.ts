import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { parseDestination } from '../../../messaging/phone-number.ts';
import { magicNumbers } from '../magic-numbers.ts';
import { behaviourOfCall, magicCalls, ordinaryAnswer } from './magic-calls.ts';

describe('magic numbers of calls', () => {
  it('are numbers of the US to every check a real destination passes, and none of messages', () => {
    for (const number of magicCalls.keys()) {
      const result = parseDestination(`+${number}`);
      assert.ok(result.ok && result.number.digits === number && result.number.countryIso2 === 'US', number);
      assert.ok(!magicNumbers.has(number), number);
    }
  });

  it('refuse with the status in their last three digits', () => {
    for (const status of [404, 480, 486, 503, 603]) {
      assert.deepEqual(behaviourOfCall(`15005553${status}`), [{ do: 'refuse', status }]);
    }
  });

  it('are each another number, and every other number answers', () => {
    // A map would hide the second of two rows.
    assert.equal(magicCalls.size, 18 + 22);
    assert.equal(behaviourOfCall('14155550123'), ordinaryAnswer);
  });

  it('are listed in docs/simulator.md, each with its description and no others', async () => {
    const page = await readFile(new URL('../../../../docs/simulator.md', import.meta.url), 'utf8');
    const calls = page.slice(page.indexOf('\n## Calls'));
    const listed = [...calls.matchAll(/^\| `\+(\d+)` +\| (.*?) +\|$/gm)].map((row) => [row[1], row[2]]);
    const expected = [...magicCalls.values()].map(({ number, description }) => [number, description]);
    assert.deepEqual(listed, expected);
  });
});
