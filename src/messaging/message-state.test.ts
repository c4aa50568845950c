import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { eventOfReceipts, nextOutboundState, type OutboundState, outboundEvents, outboundStates } from './message-state.ts';

const show = (transition: { kind: string; entered?: readonly string[] }) => transition.entered?.join(' ') ?? transition.kind;

describe('states of an outbound message', () => {
  // One row a state, in the order of `outboundEvents`.
  const expected = {
    queued: ['sent', 'failed', 'sent delivered', 'sent undelivered', 'sent delivered read'],
    sent: ['repeated', 'refused', 'delivered', 'undelivered', 'delivered read'],
    failed: ['late', 'repeated', 'late', 'late', 'late'],
    delivered: ['late', 'refused', 'repeated', 'late', 'read'],
    undelivered: ['late', 'refused', 'late', 'repeated', 'late'],
    read: ['late', 'refused', 'late', 'late', 'repeated'],
  };
  for (const state of outboundStates) {
    outboundEvents.forEach((event, index) => {
      it(`${state}, ${event}: ${expected[state][index]}`, () => {
        assert.equal(show(nextOutboundState(state, event)), expected[state][index]);
      });
    });
  }

  it('never enters a state twice and never leaves failed or undelivered, whatever arrives in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...outboundEvents), { maxLength: 20 }), (events) => {
        let state: OutboundState = 'queued';
        const seen: OutboundState[] = [state];
        for (const event of events) {
          const transition = nextOutboundState(state, event);
          if (transition.kind !== 'moved') continue;
          assert.ok(state !== 'failed' && state !== 'undelivered' && state !== 'read');
          seen.push(...transition.entered);
          state = transition.entered.at(-1) ?? state;
        }
        assert.equal(new Set(seen).size, seen.length);
        if (seen.includes('delivered') || seen.includes('undelivered')) assert.equal(seen[1], 'sent');
        if (seen.includes('failed')) assert.deepEqual(seen, ['queued', 'failed']);
      }),
    );
  });
});

describe('receipts of the parts of one message', () => {
  it('make the message delivered with the last part', () => {
    assert.equal(eventOfReceipts(['delivered', 'none']), undefined);
    assert.equal(eventOfReceipts(['delivered', 'delivered']), 'receipt_delivered');
    assert.equal(eventOfReceipts(['delivered', 'read']), 'receipt_delivered');
  });

  it('make it undelivered with the first lost part', () => {
    assert.equal(eventOfReceipts(['none', 'undelivered', 'none']), 'receipt_undelivered');
  });

  it('make it read when every part was read', () => {
    assert.equal(eventOfReceipts(['read']), 'receipt_read');
  });

  it('say nothing about a message without parts', () => {
    assert.equal(eventOfReceipts([]), undefined);
  });
});
