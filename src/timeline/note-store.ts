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

  /** Steps of one call as one row: they are read together with the other rows of its timeline. */
  async addSteps(subjectId: string, steps: readonly Omit<TimelineNote, 'subjectId'>[]): Promise<void> {
    const [first] = steps;
    if (!first) return;
    await this.#pool.query(
      'insert into timeline_notes (subject_id, at, event, detail) values ($1, to_timestamp($2::float8 / 1000), $3, $4)',
      [subjectId, first.at, STEPS, storableJson({ steps: steps.map(({ at, event, detail }) => [at, event, detail]) })],
    );
  }
}
