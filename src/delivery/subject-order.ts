import type { Delivery } from './destination.ts';

/**
 * Holds back the first attempt of a job until the first attempt of the job before it, about the same subject, has ended, or waits for a
 * server that is down.
 */
export class SubjectOrder {
  /** Subjects with a first attempt outstanding, and who waits for it. Bounded by the jobs in hand. */
  readonly #lines = new Map<string, Delivery[]>();

  /** Whether the job may go now; otherwise it is in line and `next` will name it. */
  mayGo(delivery: Delivery): boolean {
    if (delivery.attempts > 0) return true;
    const line = this.#lines.get(delivery.job.subjectId);
    if (line) {
      line.push(delivery);
      return false;
    }
    this.#lines.set(delivery.job.subjectId, []);
    delivery.leads = true;
    return true;
  }

  /** Tells that an attempt of `delivery` has ended, or has to wait for its server; returns the job whose turn it is now, if any. */
  next(delivery: Delivery): Delivery | undefined {
    if (!delivery.leads) return undefined;
    delivery.leads = false;
    const line = this.#lines.get(delivery.job.subjectId);
    const next = line?.shift();
    if (next) next.leads = true;
    else this.#lines.delete(delivery.job.subjectId);
    return next;
  }
}
