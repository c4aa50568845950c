import type { CallDirection } from './call-facts.ts';
import type { CallOptions, NewCall, OpenCall } from './call-record.ts';
import type { CallState } from './call-state.ts';

/** Columns of `live_calls` as `OpenCallRow` names them. */
export const OPEN_CALL_COLUMNS = `call_id as "callId", account_id as "accountId", owner_id as "ownerId", node, state, direction,
  from_number as "from", to_number as "to", caller_name as "callerName", request_id as "requestId", parent_call_id as "parentCallId",
  application_id as "applicationId", endpoint_id as "endpointId", trunk, rate_micros as "rateMicros", minimum_seconds as "minimumS", increment_seconds as "incrementS",
  stir_verification as "stirVerification", stir_attestation as "stirAttestation", source_ip as "sourceIp", options,
  (extract(epoch from initiated_at) * 1000)::float8 as "initiatedAt", (extract(epoch from ringing_at) * 1000)::float8 as "ringingAt",
  (extract(epoch from answered_at) * 1000)::float8 as "answeredAt"`;

export interface OpenCallRow {
  readonly callId: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly node: string | null;
  readonly state: CallState;
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
  readonly callerName: string;
  readonly requestId: string | null;
  readonly parentCallId: string | null;
  readonly applicationId: string | null;
  readonly endpointId: string | null;
  readonly trunk: string | null;
  readonly rateMicros: number;
  readonly minimumS: number;
  readonly incrementS: number;
  readonly stirVerification: NewCall['stirVerification'];
  readonly stirAttestation: NewCall['stirAttestation'];
  readonly sourceIp: string | null;
  readonly options: CallOptions;
  readonly initiatedAt: number;
  readonly ringingAt: number | null;
  readonly answeredAt: number | null;
}

export const toOpenCall = (row: OpenCallRow): OpenCall => ({
  callId: row.callId,
  accountId: row.accountId,
  ownerId: row.ownerId,
  node: row.node ?? undefined,
  state: row.state,
  direction: row.direction,
  from: row.from,
  to: row.to,
  callerName: row.callerName,
  requestId: row.requestId ?? undefined,
  parentCallId: row.parentCallId ?? undefined,
  applicationId: row.applicationId ?? undefined,
  endpointId: row.endpointId ?? undefined,
  trunk: row.trunk ?? undefined,
  rate: { perMinute: row.rateMicros, minimumS: row.minimumS, incrementS: row.incrementS },
  stirVerification: row.stirVerification,
  stirAttestation: row.stirAttestation,
  sourceIp: row.sourceIp ?? undefined,
  options: row.options,
  initiatedAt: Math.round(row.initiatedAt),
  ringingAt: row.ringingAt === null ? undefined : Math.round(row.ringingAt),
  answeredAt: row.answeredAt === null ? undefined : Math.round(row.answeredAt),
});

/** A leg in the short names of the insert statement (call-store.ts). */
export const toInsertRow = (call: NewCall, state: CallState, node: string | undefined) => ({
  i: call.callId,
  a: call.accountId,
  o: call.ownerId,
  n: node,
  st: state,
  d: call.direction,
  f: call.from,
  t: call.to,
  cn: call.callerName,
  r: call.requestId,
  p: call.parentCallId,
  ap: call.applicationId,
  ep: call.endpointId,
  tr: call.trunk,
  ra: call.rate.perMinute,
  mi: call.rate.minimumS,
  inc: call.rate.incrementS,
  sv: call.stirVerification,
  sa: call.stirAttestation,
  ip: call.sourceIp,
  op: call.options,
  at: call.initiatedAt,
});
