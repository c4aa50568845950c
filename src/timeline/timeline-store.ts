import type pg from 'pg';
import { SUBJECT_SOURCES, type SubjectEvent, type TimelineEntry, toEntries } from './subject-events.ts';

export interface MessageTimeline {
  readonly id: string;
  readonly accountId: string;
  readonly direction: string;
  readonly service: string;
  readonly state: string;
  readonly from: string;
  readonly to: string;
  readonly errorCode: string | null;
  readonly units: number;
  /** Still waiting for a carrier: whether somebody has it in hand, and until when it may wait. */
  readonly queue: Readonly<Record<string, unknown>> | null;
  readonly entries: readonly TimelineEntry[];
}

interface RecordRow {
  readonly id: string;
  readonly account_id: string;
  readonly direction: string;
  readonly service: string;
  readonly state: string;
  readonly from_number: string;
  readonly to_number: string;
  readonly error_code: string | null;
  readonly units: number;
  readonly requester_ip: string | null;
  readonly powerpack_id: string | null;
  readonly transitions: readonly (readonly [number, string, string])[];
}

/** Tables in which something about a message stands, each as rows of (at, event, detail). */
const SOURCES = [
  `select submitted_at as at, 'attempt' as event, jsonb_build_object('attempt', attempt, 'part', part, 'carrier', carrier, 'link', link,
     'outcome', outcome, 'carrier_message_id', carrier_message_id, 'error_code', error_code, 'summary', summary,
     'latency_ms', round(extract(epoch from answered_at - submitted_at) * 1000), 'carrier_cost_micros', cost_micros) as detail
   from attempts where message_id = $1`,
  `select received_at as at, 'receipt' as event, jsonb_build_object('carrier', carrier, 'link', link, 'part', part,
     'carrier_message_id', carrier_message_id, 'state', state, 'error_code', error_code, 'detail', detail) as detail
   from receipts where message_id = $1`,
  ...SUBJECT_SOURCES,
];

/** What happened to a message, from every table that knows of it, in order of time. */
export class TimelineStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async ofMessage(id: string): Promise<MessageTimeline | undefined> {
    const { rows } = await this.#pool.query<RecordRow>('select * from messages where id = $1', [id]);
    const record = rows[0];
    if (!record) return undefined;
    const [queue, events] = await Promise.all([
      this.#pool.query<{ queue: Record<string, unknown> }>(
        `select jsonb_build_object('waiting', node is null, 'maybe_submitted', in_flight, 'attempts', attempt, 'expires_at', expires_at,
           'carriers_tried', tried) as queue from outbox where message_id = $1`,
        [id],
      ),
      this.#pool.query<SubjectEvent>(SOURCES.join(' union all '), [id]),
    ]);
    const transitions = record.transitions.map(([at, state, cause], index) => ({
      at: new Date(at),
      event: index === 0 && record.direction === 'outbound' ? 'accepted' : 'state',
      detail: {
        state,
        cause,
        ...(index === 0 && record.requester_ip ? { requester_ip: record.requester_ip } : {}),
        ...(index === 0 && record.powerpack_id ? { powerpack_uuid: record.powerpack_id, sender: record.from_number } : {}),
      },
    }));
    const entries = toEntries([...transitions, ...events.rows]);
    return {
      id: record.id,
      accountId: record.account_id,
      direction: record.direction,
      service: record.service,
      state: record.state,
      from: record.from_number,
      to: record.to_number,
      errorCode: record.error_code,
      units: record.units,
      queue: queue.rows[0]?.queue ?? null,
      entries,
    };
  }
}
