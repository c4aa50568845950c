/** Beyond it everything goes through the table, which keeps the order by itself. */
const MAX_SUBJECTS = 50_000;

/** Subjects with jobs that this node left in the table: their next jobs must queue behind those. */
export class LeftSubjects {
  readonly #subjects = new Map<string, { jobs: number; until: number }>();

  get crowded(): boolean {
    return this.#subjects.size >= MAX_SUBJECTS;
  }

  has(subjectId: string): boolean {
    return this.#subjects.has(subjectId);
  }

  add(subjectId: string, until: number): void {
    const known = this.#subjects.get(subjectId);
    if (known) {
      known.jobs++;
      known.until = until;
    } else if (!this.crowded) this.#subjects.set(subjectId, { jobs: 1, until });
  }

  /** One of its jobs was taken out of the table by this node. */
  claimed(subjectId: string): void {
    const known = this.#subjects.get(subjectId);
    if (known && --known.jobs === 0) this.#subjects.delete(subjectId);
  }

  /** Forgets what other nodes must have taken by now. */
  forgetUntil(now: number): void {
    for (const [subjectId, { until }] of this.#subjects) if (until < now) this.#subjects.delete(subjectId);
  }
}
