import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertDocumented } from '../../../testkit/documented-machine.ts';
import { advance } from '../machine.ts';
import { type CallerEvent, type CallerState, inviteClientTable } from './invite-client-table.ts';
import { type CalleeEvent, type CalleeState, inviteServerTable } from './invite-server-table.ts';
import { type ExchangeEvent, type ExchangeState, offerExchangeTable } from './offer-exchange-table.ts';

const callerStates: readonly CallerState[] = ['calling', 'proceeding', 'cancelWaiting', 'cancelling', 'answered', 'ended'];
const callerEvents: readonly CallerEvent[] = [
  'provisional',
  'success',
  'failure',
  'timeout',
  'transportError',
  'cancel',
  'cancelTimeout',
];
const calleeStates: readonly CalleeState[] = ['ringing', 'held', 'accepted', 'confirmed', 'ended'];
const calleeEvents: readonly CalleeEvent[] = [
  'progress',
  'accept',
  'acceptHeld',
  'reject',
  'cancel',
  'bye',
  'pracked',
  'prackLost',
  'abandoned',
  'ack',
  'ackLost',
];

const exchangeStates: readonly ExchangeState[] = ['idle', 'asked', 'offering', 'agreed', 'deciding'];
const exchangeEvents: readonly ExchangeEvent[] = ['theirOffer', 'theirAnswer', 'ourOffer', 'ourAnswer', 'ourRefusal'];

describe('offers and answers before the call is answered', () => {
  it('do in every state on every event what their table says', () => {
    assertDocumented(new URL('./offer-exchange-table.ts', import.meta.url), offerExchangeTable, exchangeStates, exchangeEvents);
  });

  it('answer or refuse every offer but the first, which the answer to the INVITE answers', () => {
    for (const state of exchangeStates.filter((each) => each !== 'idle')) {
      const { actions } = advance(offerExchangeTable, state, 'theirOffer');
      assert.equal(actions.length, 1, state);
    }
  });
});

describe('INVITE usages', () => {
  it('do in every state on every event what their tables say', () => {
    assertDocumented(new URL('./invite-client-table.ts', import.meta.url), inviteClientTable, callerStates, callerEvents);
    assertDocumented(new URL('./invite-server-table.ts', import.meta.url), inviteServerTable, calleeStates, calleeEvents);
  });

  it('tell the owner of an outgoing call its outcome exactly once on every way', () => {
    for (const state of callerStates) {
      for (const event of callerEvents) {
        const { next, actions } = advance(inviteClientTable, state, event);
        const reports = actions.filter((action) => action.startsWith('report') && action !== 'reportProgress').length;
        const isOutcome = (next === 'ended' || next === 'answered') && next !== state;
        assert.equal(reports, isOutcome ? 1 : 0, `${state} ${event}`);
      }
    }
  });

  it('acknowledge every 2xx', () => {
    for (const state of callerStates) {
      const { actions } = advance(inviteClientTable, state, 'success');
      assert.ok(actions.includes('ack') || actions.includes('ackAndBye'), state);
    }
  });
});
