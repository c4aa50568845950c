import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CallStatus } from './call-facts.ts';
import {
  type CallProgress,
  nextProgress,
  type ProgressEvent,
  progressEvents,
  progressStates,
  statusOf,
} from './call-progress.ts';
import { type HangupCode, hangupCauses } from './hangup-cause.ts';

describe('progress of a call', () => {
  const table: Record<ProgressEvent, readonly CallProgress[]> = {
    ring: ['ringing', 'ringing', 'early', 'answered', 'ended'],
    early: ['early', 'early', 'early', 'answered', 'ended'],
    answer: ['answered', 'answered', 'answered', 'answered', 'ended'],
    end: ['ended', 'ended', 'ended', 'ended', 'ended'],
  };
  for (const event of progressEvents) {
    for (const [index, state] of progressStates.entries()) {
      test(`${event} in ${state} leads to ${table[event][index]}`, () => {
        assert.equal(nextProgress(state, event), table[event][index]);
      });
    }
  }

  test('never goes back', () => {
    for (const event of progressEvents) {
      for (const state of progressStates) {
        assert.ok(progressStates.indexOf(nextProgress(state, event)) >= progressStates.indexOf(state), `${event} in ${state}`);
      }
    }
  });
});

describe('status that webhooks tell', () => {
  test('rings until it is answered, also with early audio', () => {
    for (const state of ['new', 'ringing', 'early'] as const) assert.equal(statusOf(state, 'inbound', false, 0), 'ringing');
    assert.equal(statusOf('answered', 'outbound', true, 0), 'in-progress');
  });

  test('is completed for every call that was answered or came in', () => {
    for (const code of Object.keys(hangupCauses).map(Number)) {
      assert.equal(statusOf('ended', 'outbound', true, codeOf(code)), 'completed');
      assert.equal(statusOf('ended', 'inbound', false, codeOf(code)), 'completed');
    }
  });

  const unanswered: Partial<Record<HangupCode, CallStatus>> = {
    1000: 'cancel',
    3000: 'no-answer',
    3010: 'busy',
    3070: 'timeout',
    3100: 'busy',
    4250: 'timeout',
    6010: 'no-answer',
  };
  test('names why an outbound call was not answered, failed where there is no word for it', () => {
    for (const code of Object.keys(hangupCauses).map(Number)) {
      assert.equal(statusOf('ended', 'outbound', false, codeOf(code)), unanswered[codeOf(code)] ?? 'failed', String(code));
    }
  });
});

function codeOf(code: number): HangupCode {
  const isCode = (value: number): value is HangupCode => value in hangupCauses;
  if (!isCode(code)) throw new Error(`${code} is no hangup code`);
  return code;
}
