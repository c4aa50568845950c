import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dialects } from './speech-dialect.ts';

const KINDS = new Set(['interim', 'sentence', 'end', 'failed', 'ignored']);
const names = ['type', 'is_final', 'channel', 'alternatives', 'transcript', 'confidence', 'partial', 'text', 'result', 'conf'];

test('whatever a server sends is understood or passed over, and confidence is a share or unknown', () => {
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('Results', 'Metadata', 'Error', ''),
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), tree), (message) => {
      for (const dialect of Object.values(dialects)) {
        const understood = dialect.read(message);
        assert.ok(KINDS.has(understood.kind));
        if (understood.kind !== 'sentence') continue;
        const { text, confidence } = understood;
        assert.equal(typeof text, 'string');
        assert.ok(confidence === undefined || (confidence >= 0 && confidence <= 1));
      }
    }),
  );
});
