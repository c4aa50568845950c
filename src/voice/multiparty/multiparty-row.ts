import type { ParticipantRole } from './multiparty-plan.ts';
import type {
  ExitReason,
  MultiPartyRecord,
  MultiPartyState,
  ParticipantRecord,
  RecordingState,
  StayBill,
  TerminationCode,
} from './multiparty-record.ts';

/** Rows of multiparty calls and participants as their stores read them. */

const ms = (column: string, name: string) => `(extract(epoch from ${column}) * 1000)::float8 as "${name}"`;
const BILL_COLUMNS = `duration_seconds as "durationS", billed_seconds as "billedS", amount_micros as "amountMicros"`;

export const MULTIPARTY_COLUMNS = `mpc_id as id, account_id as "accountId", owner_id as "ownerId", name, state, recording,
  stay_alone as "stayAlone", max_participants as "maxParticipants", max_duration_ms as "maxDurationMs",
  ${ms('created_at', 'createdAt')}, ${ms('started_at', 'startedAt')}, ${ms('ended_at', 'endedAt')}, ${BILL_COLUMNS},
  termination_code as "terminationCode"`;

export const PARTICIPANT_COLUMNS = `member_id::text as "memberId", mpc_id as "multiPartyId", call_id as "callId", address, role, coach,
  mute, hold, start_on_enter as "startOnEnter", end_on_exit as "endOnExit", ${ms('joined_at', 'joinedAt')},
  ${ms('exited_at', 'exitedAt')}, ${BILL_COLUMNS}, exit`;

interface BillColumns {
  readonly durationS: number | null;
  readonly billedS: number | null;
  readonly amountMicros: number | null;
}

export interface MultiPartyRow extends BillColumns {
  readonly id: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly name: string;
  readonly state: MultiPartyState;
  readonly recording: RecordingState;
  readonly stayAlone: boolean;
  readonly maxParticipants: number;
  readonly maxDurationMs: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly terminationCode: TerminationCode | null;
}

export interface ParticipantRow extends BillColumns {
  readonly memberId: string;
  readonly multiPartyId: string;
  readonly callId: string;
  readonly address: string;
  readonly role: ParticipantRole;
  readonly coach: boolean | null;
  readonly mute: boolean | null;
  readonly hold: boolean | null;
  readonly startOnEnter: boolean;
  readonly endOnExit: boolean;
  readonly joinedAt: number;
  readonly exitedAt: number | null;
  readonly exit: ExitReason | null;
}

const billOf = ({ durationS, billedS, amountMicros }: BillColumns): StayBill | undefined =>
  durationS === null ? undefined : { durationS, billedS: billedS ?? 0, amountMicros: amountMicros ?? 0 };

export const toMultiParty = (row: MultiPartyRow): MultiPartyRecord => ({
  id: row.id,
  accountId: row.accountId,
  ownerId: row.ownerId,
  name: row.name,
  state: row.state,
  createdAt: row.createdAt,
  startedAt: row.startedAt ?? undefined,
  endedAt: row.endedAt ?? undefined,
  bill: billOf(row),
  recording: row.endedAt === null ? row.recording : undefined,
  stayAlone: row.stayAlone,
  maxParticipants: row.maxParticipants,
  maxDurationMs: row.maxDurationMs,
  terminationCode: row.terminationCode ?? undefined,
});

export const toParticipant = (row: ParticipantRow): ParticipantRecord => ({
  memberId: row.memberId,
  multiPartyId: row.multiPartyId,
  callId: row.callId,
  address: row.address,
  role: row.role,
  coach: row.coach ?? undefined,
  mute: row.mute ?? undefined,
  hold: row.hold ?? undefined,
  startOnEnter: row.startOnEnter,
  endOnExit: row.endOnExit,
  joinedAt: row.joinedAt,
  exitedAt: row.exitedAt ?? undefined,
  bill: billOf(row),
  exit: row.exit ?? undefined,
});
