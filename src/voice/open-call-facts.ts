import type { CallFacts } from './call-facts.ts';
import type { OpenCall } from './call-record.ts';

/** What webhooks tell of an open leg, as far as storage knows it. */
export function factsOfOpenCall(call: OpenCall): CallFacts {
  const isApiCall = call.requestId !== undefined && call.parentCallId === undefined;
  const aLegId = call.parentCallId ?? (isApiCall ? call.callId : undefined);
  return {
    callId: call.callId,
    ownerId: call.ownerId,
    accountId: call.accountId,
    direction: call.direction,
    from: call.from,
    to: call.to,
    callerName: call.callerName,
    status: call.state === 'answered' ? 'in-progress' : call.state === 'ringing' ? 'ringing' : 'queued',
    requestId: call.requestId,
    aLegId,
    aLegRequestId: isApiCall ? call.requestId : undefined,
    parentCallId: call.parentCallId,
    startedAt: call.initiatedAt,
    ringingAt: call.ringingAt,
    answeredAt: call.answeredAt,
    rateMicros: call.rate.perMinute,
    customHeaders: call.options.customHeaders ?? {},
    sipTo: undefined,
    sipAuth: undefined,
    forwardedFrom: undefined,
    stirVerification: call.stirVerification,
    stirAttestation: call.stirAttestation,
    machine: false,
    scheduledHangupId: undefined,
    carrierFailover: false,
    ended: undefined,
  };
}
