/** A webhook: one HTTP request to a customer's server that is repeated until it is answered or its schedule ends. */

export type WebhookPayload =
  /** Form fields of a POST, query parameters of a GET. */
  | { readonly form: Readonly<Record<string, string>> }
  /** JSON body of a POST; the top-level members become query parameters of a GET. */
  | { readonly json: Readonly<Record<string, unknown>> };

export interface WebhookJob {
  /** UUID version 7. */
  readonly id: string;
  readonly accountId: string;
  /** The message or call it tells about (UUID). Jobs of one subject keep their order on their first attempts. */
  readonly subjectId: string;
  /** Chooses retry schedule and outcome handler. */
  readonly kind: string;
  /** May end in a fragment with delivery settings, which is never sent. */
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly payload: WebhookPayload;
  /** Names of parameters whose values are kept as `***` once the job has ended; the response is not kept at all then. */
  readonly sensitive: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/**
 * Headers that prove the origin of a request. `url` is as requested, with its own query and without fragment; `params` are the
 * form fields or the query parameters added to it.
 */
export type Signer = (
  job: WebhookJob,
  url: string,
  params: Readonly<Record<string, string>>,
) => Promise<Record<string, string>> | Record<string, string>;

export type WebhookOutcome =
  | {
      readonly kind: 'delivered';
      readonly status: number;
      readonly contentType: string;
      /** Cut after `MAX_RESPONSE_BYTES`. */
      readonly body: Buffer;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** Called at least once before a job is recorded as ended; must be idempotent by the job's id. */
export type OutcomeHandler = (job: WebhookJob, outcome: WebhookOutcome) => Promise<void>;

const BLANK = '***';

/** The payload as it is kept after the job has ended. */
export function blankedPayload(job: Pick<WebhookJob, 'payload' | 'sensitive'>): WebhookPayload {
  if ('form' in job.payload) return { form: blanked(job.payload.form, job.sensitive) };
  return { json: blanked(job.payload.json, job.sensitive) };
}

function blanked<T>(values: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T | typeof BLANK> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, names.includes(name) ? BLANK : value]));
}
