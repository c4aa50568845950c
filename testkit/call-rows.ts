import type { CallEnding, NewCall } from '../src/voice/call-record.ts';
import type { CallStore } from '../src/voice/call-store.ts';
import { hangupCause } from '../src/voice/hangup-cause.ts';
import { DEFAULT_INCREMENT } from '../src/voice/pricing.ts';

/** A call of the API as it enters storage, one cent a minute. */
export const newCall = (given: Partial<NewCall> & Pick<NewCall, 'callId' | 'accountId' | 'initiatedAt'>): NewCall => ({
  ownerId: given.accountId,
  direction: 'outbound',
  from: '14155550100',
  to: '14155550123',
  callerName: '',
  requestId: given.callId,
  parentCallId: undefined,
  applicationId: undefined,
  endpointId: undefined,
  trunk: undefined,
  rate: { perMinute: 10_000, ...DEFAULT_INCREMENT },
  stirVerification: 'Not Applicable',
  stirAttestation: '',
  sourceIp: '192.0.2.10',
  options: {},
  ...given,
});

/** Answered and hung up by the callee after 42 seconds, charged with one minute. */
export const normalEnd = (at: number, change: Partial<CallEnding['ended']> = {}): CallEnding => ({
  ended: {
    at,
    cause: hangupCause(4000, 'Callee'),
    durationS: 42,
    billedS: 60,
    amountMicros: 10_000,
    ...change,
  },
});

/** Stores a call that has ended. */
export async function storeEndedCall(
  calls: Pick<CallStore, 'insertStarted' | 'markAnswered' | 'end'>,
  call: NewCall,
  at: number,
  change: Partial<CallEnding['ended']> = {},
): Promise<void> {
  await calls.insertStarted(call, 'dialing', 'node');
  const ending = normalEnd(at, change);
  if (ending.ended.durationS > 0) await calls.markAnswered(call.callId, at - ending.ended.durationS * 1000);
  await calls.end(call.callId, ending);
}
