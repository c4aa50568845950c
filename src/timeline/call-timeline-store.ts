import type pg from 'pg';
import { STEPS } from './note-store.ts';
import { SUBJECT_SOURCES, type SubjectEvent, type TimelineEntry, toEntries } from './subject-events.ts';

/** What is known of a leg and what happened to it, step by step. */
export interface CallTimeline {
  readonly id: string;
  readonly accountId: string;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  /** `queued`, `dialing`, `ringing`, `answered`, then `ended`. */
  readonly state: string;
  readonly parentCallId: string | null;
  readonly carrier: string | null;
  readonly hangupCode: number | null;
  readonly hangupSource: string | null;
  readonly entries: readonly TimelineEntry[];
}

interface LegRow {
  readonly account_id: string;
  readonly direction: string;
  readonly from_number: string;
  readonly to_number: string;
  readonly state: string;
  readonly parent_call_id: string | null;
  readonly trunk: string | null;
  readonly hangup_code: number | null;
  readonly hangup_source: string | null;
}

const LEG = `
select account_id, direction, from_number, to_number, state, parent_call_id, trunk, null::int2 as hangup_code, null as hangup_source
from live_calls where call_id = $1
union all
select account_id, direction, from_number, to_number, 'ended', parent_call_id, trunk, hangup_code, hangup_source
from calls where call_id = $1`;

/** What happened to a call: its SIP messages, documents, elements, digits, media and webhooks in order of time. */
export class CallTimelineStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async ofCall(id: string): Promise<CallTimeline | undefined> {
    const { rows } = await this.#pool.query<LegRow>(LEG, [id]);
    const leg = rows[0];
    if (!leg) return undefined;
    const events = await this.#pool.query<SubjectEvent>(SUBJECT_SOURCES.join(' union all '), [id]);
    return {
      id,
      accountId: leg.account_id,
      direction: leg.direction,
      from: leg.from_number,
      to: leg.to_number,
      state: leg.state,
      parentCallId: leg.parent_call_id,
      carrier: leg.trunk,
      hangupCode: leg.hangup_code,
      hangupSource: leg.hangup_source,
      entries: toEntries(events.rows.flatMap(unpack)),
    };
  }
}

/** A row of many steps as its steps. */
function unpack(event: SubjectEvent): readonly SubjectEvent[] {
  const { steps } = event.detail;
  if (event.event !== STEPS || !Array.isArray(steps)) return [event];
  return steps.flatMap((step: unknown) => {
    if (!Array.isArray(step)) return [];
    const [at, name, detail] = step;
    return [{ at: new Date(Number(at)), event: String(name), detail: Object.assign({}, detail) }];
  });
}
