import type { CallFacts } from '../src/voice/call-facts.ts';
import { hangupCause } from '../src/voice/hangup-cause.ts';

/** 2026-01-12 09:14:02.118 UTC */
const STARTED = Date.UTC(2026, 0, 12, 9, 14, 2, 118);

/** An inbound call that rings. */
export function inboundCall(overrides: Partial<CallFacts> = {}): CallFacts {
  return {
    callId: '019bb17a-0d8e-7b77-9a41-5f6e2b3c4d10',
    ownerId: 'MAEXAMPLEACCOUNT0001',
    accountId: 'MAEXAMPLEACCOUNT0001',
    direction: 'inbound',
    from: '14155550123',
    to: '14155550188',
    callerName: '',
    status: 'ringing',
    requestId: undefined,
    aLegId: undefined,
    aLegRequestId: undefined,
    parentCallId: undefined,
    startedAt: STARTED,
    ringingAt: STARTED + 20,
    answeredAt: undefined,
    rateMicros: 2_000,
    customHeaders: {},
    sipTo: undefined,
    sipAuth: undefined,
    forwardedFrom: undefined,
    stirVerification: 'Not Applicable',
    stirAttestation: '',
    machine: false,
    scheduledHangupId: undefined,
    carrierFailover: false,
    ended: undefined,
    ...overrides,
  };
}

/** A call made by the API that has been answered. */
export function outboundCall(overrides: Partial<CallFacts> = {}): CallFacts {
  const callId = '019bb17a-1111-7b77-9a41-5f6e2b3c4d11';
  return inboundCall({
    callId,
    direction: 'outbound',
    status: 'in-progress',
    requestId: callId,
    aLegId: callId,
    aLegRequestId: callId,
    answeredAt: STARTED + 5_000,
    ...overrides,
  });
}

/** How a call ends that was talked on for 61 seconds. */
export function endedCall(overrides: Partial<CallFacts> = {}): CallFacts {
  const cause = hangupCause(4000, 'Callee');
  return outboundCall({
    status: 'completed',
    ended: { at: STARTED + 66_000, cause, durationS: 61, billedS: 120, amountMicros: 4_000 },
    ...overrides,
  });
}
