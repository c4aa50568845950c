import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { segmentText } from './encoding/segments.ts';
import { ACKNOWLEDGEMENT_WINDOW_MS, decideInbound, decideOutbound, defaultAutoReplies, intentOf } from './opt-out.ts';

const now = Date.UTC(2026, 0, 12, 9, 14, 2);
const fresh = { optedOutAt: undefined, acknowledgedAt: undefined };
const out = { optedOutAt: now, acknowledgedAt: undefined };

describe('keywords', () => {
  it('ask to stop', () => {
    for (const text of ['STOP', 'end', 'Quit', 'CANCEL', 'unsubscribe', 'UNSUB', 'stop all', 'Stop \n', ' stop']) {
      assert.equal(intentOf(text), 'optout', text);
    }
  });

  it('ask to start again', () => {
    for (const text of ['START', 'unstop', 'yes', 'Resume', 'RESUME  ALL', 'go\r\n']) assert.equal(intentOf(text), 'optin', text);
  });

  it('ask for help', () => {
    for (const text of ['HELP', 'info ']) assert.equal(intentOf(text), 'help', text);
  });

  it('ask for nothing inside a sentence or with punctuation', () => {
    for (const text of [
      'Stop it!',
      'STOP.',
      'please stop',
      'do not stop',
      'st op',
      'yes please',
      '',
      '   ',
      `STOP${' '.repeat(100)}`,
    ]) {
      assert.equal(intentOf(text), undefined, text);
    }
  });
});

describe('an inbound text', () => {
  it('opts out once and is answered once', () => {
    assert.deepEqual(decideInbound('stop', [fresh]), { intent: 'optout', change: 'opt_out', reply: defaultAutoReplies.optout });
    assert.deepEqual(decideInbound('stop', [out]), { intent: 'optout', change: undefined, reply: undefined });
  });

  it('opts in only who is out', () => {
    assert.deepEqual(decideInbound('START', [out]), { intent: 'optin', change: 'opt_in', reply: defaultAutoReplies.optin });
    assert.deepEqual(decideInbound('START', [fresh]), { intent: 'optin', change: undefined, reply: undefined });
  });

  it('that asks for help is answered and changes nothing', () => {
    assert.deepEqual(decideInbound('help', [out]), { intent: 'help', change: undefined, reply: defaultAutoReplies.help });
  });

  it('of any other content does nothing', () => {
    assert.deepEqual(decideInbound('hello', [fresh]), { intent: undefined, change: undefined, reply: undefined });
  });

  it('is not answered where the reply is configured empty', () => {
    const decision = decideInbound('stop', [fresh], { optout: '', optin: '', help: '' });
    assert.deepEqual(decision, { intent: 'optout', change: 'opt_out', reply: undefined });
  });

  it('gets default replies of one segment that no keyword rule takes for a keyword', () => {
    for (const reply of Object.values(defaultAutoReplies)) {
      assert.equal(segmentText(reply).parts.length, 1);
      assert.equal(intentOf(reply), undefined);
    }
  });
});

describe('an outbound message', () => {
  it('goes to who has not opted out', () => assert.equal(decideOutbound([fresh], now), 'allowed'));

  it('goes once within five minutes of the opt-out, as its acknowledgement', () => {
    assert.equal(decideOutbound([out], now + 1000), 'acknowledgement');
    assert.equal(decideOutbound([out], now + ACKNOWLEDGEMENT_WINDOW_MS), 'acknowledgement');
    assert.equal(decideOutbound([{ ...out, acknowledgedAt: now + 1000 }], now + 2000), 'blocked');
  });

  it('is blocked after that', () => {
    assert.equal(decideOutbound([out], now + ACKNOWLEDGEMENT_WINDOW_MS + 1), 'blocked');
  });
});
