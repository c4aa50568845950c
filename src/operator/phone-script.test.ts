import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../errors/catalogue.ts';
import { readPhoneScript, type ScriptUse } from './phone-script.ts';

const problemOf = (script: unknown, use: ScriptUse = 'calling'): string => {
  try {
    readPhoneScript(script, use);
  } catch (error) {
    assert.ok(error instanceof Problem && error.status === 400);
    return error.parameter ?? '';
  }
  return 'none';
};

describe('a script of the operator API', () => {
  it('is read step by step, with its defaults', () => {
    const script = [
      { do: 'ring' },
      { do: 'answer' },
      { do: 'wait', ms: 0 },
      { do: 'say', text: 'Grüß Gott' },
      { do: 'tone', hz: 440 },
      { do: 'tone', name: 'busy', ms: 300 },
      { do: 'press', digits: '1w#' },
      { do: 'hear', tone: 440, ms: 300, within_ms: 100 },
      { do: 'repeat', times: 2, steps: [{ do: 'hear', digits: '12' }] },
      { do: 'hang_up' },
    ];
    assert.deepEqual(readPhoneScript(script, 'called'), [
      { do: 'ring' },
      { do: 'answer' },
      { do: 'wait', ms: 0 },
      { do: 'say', text: 'Grüß Gott' },
      { do: 'tone', tone: { hz: 440, ms: 500, dbov: -16 } },
      { do: 'tone', tone: 'busy', ms: 300 },
      { do: 'press', digits: '1w#', method: 'rfc4733' },
      { do: 'hear', expected: { tone: 440, ms: 300 }, withinMs: 100 },
      { do: 'repeat', times: 2, steps: [{ do: 'hear', expected: { digits: '12' }, withinMs: 10_000 }] },
      { do: 'hangUp' },
    ]);
    assert.equal(readPhoneScript(undefined, 'calling'), undefined);
    assert.equal(readPhoneScript(null, 'calling'), undefined);
  });

  it('is refused with the name of what is wrong', () => {
    for (const [script, named] of [
      ['ring', 'script'],
      [[5], 'script[0]'],
      [[{}], 'script[0].do'],
      [[{ do: 'fly' }], 'script[0].do'],
      [
        [
          { do: 'wait', ms: 1 },
          { do: 'wait', ms: '1' },
        ],
        'script[1].ms',
      ],
      [[{ do: 'wait', ms: 1e9 }], 'script[0].ms'],
      [[{ do: 'wait', ms: Number.NaN }], 'script[0].ms'],
      [[{ do: 'say', text: '' }], 'script[0].text'],
      [[{ do: 'say', text: 'x'.repeat(3_000) }], 'script[0].text'],
      [[{ do: 'tone', hz: 20_000 }], 'script[0].hz'],
      [[{ do: 'tone', name: 'siren' }], 'script[0].name'],
      [[{ do: 'press', digits: '1x' }], 'script[0].digits'],
      [[{ do: 'press', digits: '1', method: 'smoke' }], 'script[0].method'],
      [[{ do: 'hear' }], 'script[0]'],
      [[{ do: 'hear', tone: 440, digits: '1' }], 'script[0]'],
      [[{ do: 'hear', digits: 'w' }], 'script[0].digits'],
      [[{ do: 'repeat', times: 0, steps: [] }], 'script[0].times'],
      [[{ do: 'repeat', times: 1, steps: [{ do: 'wait' }] }], 'script[0].steps[0].ms'],
      [Array.from({ length: 201 }, () => ({ do: 'hold' })), 'script'],
      [[{ do: 'answer' }], 'script[0].do'],
    ] as const) {
      assert.equal(problemOf(script), named, JSON.stringify(script).slice(0, 80));
    }
    const nested = (depth: number): unknown[] => (depth === 0 ? [] : [{ do: 'repeat', times: 2, steps: nested(depth - 1) }]);
    assert.equal(problemOf(nested(2)), 'none');
    assert.match(problemOf(nested(4)), /steps$/);
  });

  it('lets only a phone that is called refuse, with a status that is a refusal', () => {
    assert.equal(problemOf([{ do: 'refuse', status: 486 }], 'called'), 'none');
    assert.equal(problemOf([{ do: 'refuse', status: 200 }], 'called'), 'script[0].status');
    assert.equal(problemOf([{ do: 'refuse', status: 486 }], 'calling'), 'script[0].do');
  });
});
