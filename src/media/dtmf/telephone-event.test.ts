import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DTMF_DIGITS } from './digits.ts';
import { digitOfEvent, readTelephoneEvent, writeTelephoneEvent } from './telephone-event.ts';

const empty = () => ({ event: 0, end: false, volume: 0, duration: 0 });

describe('telephone event payload', () => {
  it('is laid out as RFC 4733 §2.3', () => {
    const bytes = new Uint8Array(6);
    writeTelephoneEvent(bytes, 1, { event: 11, end: true, volume: 10, duration: 0x0640 });
    assert.deepEqual([...bytes], [0, 11, 0x8a, 0x06, 0x40, 0]);
    writeTelephoneEvent(bytes, 1, { event: 5, end: false, volume: 63, duration: 160 });
    assert.deepEqual([...bytes], [0, 5, 0x3f, 0, 160, 0]);
  });

  it('is read back, the reserved bit ignored', () => {
    const event = empty();
    assert.ok(readTelephoneEvent(Uint8Array.of(9, 12, 0xca, 1, 2), 1, 4, event));
    assert.deepEqual(event, { event: 12, end: true, volume: 10, duration: 258 });
  });

  it('is refused when it is too short', () => {
    assert.equal(readTelephoneEvent(Uint8Array.of(1, 2, 3), 0, 3, empty()), false);
    assert.equal(readTelephoneEvent(Uint8Array.of(1, 2, 3, 4), 2, 4, empty()), false);
  });

  it('numbers the digits 0-9, *, #, A-D from 0 to 15', () => {
    for (const [event, digit] of [...DTMF_DIGITS].entries()) assert.equal(digitOfEvent(event), digit);
    assert.equal(digitOfEvent(16), undefined);
  });
});
