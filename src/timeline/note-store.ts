import type pg from 'pg';
import { storableJson } from '../storage/storable-text.ts';

/** Something that happened to a message or call and has no table of its own. */
export interface TimelineNote {
  readonly subjectId: string;
  /** Wall-clock milliseconds. */
  readonly at: number;
  readonly event: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What happened to one call one after the other; at least one step. */
export interface CallSteps {
  readonly callId: string;
  readonly steps: readonly Omit<TimelineNote, 'subjectId'>[];
}

/** Event of a row that holds many steps of a call. */
export const STEPS = 'steps';

/** Notes for the timeline. Writing the same one again is harmless but shows twice. */
export class NoteStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async add(note: TimelineNote): Promise<void> {
    await this.#pool.query(
      'insert into timeline_notes (subject_id, at, event, detail) values ($1, to_timestamp($2::float8 / 1000), $3, $4)',
      [note.subjectId, note.at, note.event, JSON.stringify(note.detail)],
    );
  }

  /** Steps of calls, all or none, a row each call: they are read together with the other rows of its timeline. */
  async addSteps(calls: readonly CallSteps[]): Promise<void> {
    const rows = calls.map(({ callId, steps }) => ({
      id: callId,
      at: steps[0]?.at ?? 0,
      detail: { steps: steps.map(({ at, event, detail }) => [at, event, detail]) },
    }));
    await this.#pool.query({
      name: 'timeline-steps',
      text: `insert into timeline_notes (subject_id, at, event, detail)
        select id, to_timestamp(at / 1000), $2, detail from json_to_recordset($1::json) as row(id uuid, at float8, detail jsonb)`,
      values: [storableJson(rows), STEPS],
    });
  }
}
