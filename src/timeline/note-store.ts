import type pg from 'pg';

/** Something that happened to a message or call and has no table of its own. */
export interface TimelineNote {
  readonly subjectId: string;
  /** Wall-clock milliseconds. */
  readonly at: number;
  readonly event: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

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
}
