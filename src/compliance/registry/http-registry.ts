import type { HttpResult, HttpSender } from '../../delivery/http-client.ts';
import type { RegistryConfiguration } from '../configuration.ts';
import { type Answer, outcomes, type Registry, type RegistryCase, type Verdict } from './case.ts';

type Options = Extract<RegistryConfiguration, { kind: 'http' }>;

/** A verdict is a handful of short texts. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_TEXT = 500;
/** The first wait after a failure; it doubles up to the last. */
const FIRST_RETRY_MS = 10_000;
const LAST_RETRY_MS = 3_600_000;
const MAX_DOUBLINGS = 10;
const MAX_SECONDS = 7 * 24 * 3_600;

/**
 * A registry outside: each case is posted as JSON to its URL, again and again until it has decided (docs/compliance.md). The id of the
 * case stays the same, so a repetition is known as one. The answer is JSON: `outcome` is approved, rejected, update_required or pending.
 */
export class HttpRegistry implements Registry {
  readonly name = 'http';
  readonly #options: Options;
  readonly #http: HttpSender;

  constructor(options: Options, http: HttpSender) {
    this.#options = options;
    this.#http = http;
  }

  async ask(question: RegistryCase, now: number): Promise<Answer> {
    const { url, authorization, timeoutMs, pollMs } = this.#options;
    const body = JSON.stringify({
      case_id: question.id,
      kind: question.kind,
      subject_id: question.subjectId,
      account: question.accountId,
      opened_at: question.openedAt.toISOString(),
      deadline: question.deadline.toISOString(),
      facts: question.facts,
    });
    const result = await this.#http.request({
      url: new URL(url),
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body,
      connectTimeoutMs: timeoutMs,
      readTimeoutMs: timeoutMs,
      totalTimeoutMs: timeoutMs,
      maxBodyBytes: MAX_ANSWER_BYTES,
    });
    const read = readAnswer(result);
    if ('verdict' in read) return { kind: 'decided', verdict: read.verdict };
    if ('pendingMs' in read) return { kind: 'later', askAgainAt: now + (read.pendingMs ?? pollMs) };
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(question.asked, MAX_DOUBLINGS));
    return { kind: 'later', askAgainAt: now + wait, error: read.error };
  }
}

type Read = { readonly verdict: Verdict } | { readonly pendingMs: number | undefined } | { readonly error: string };

function readAnswer(result: HttpResult): Read {
  if (result.kind === 'failure') return { error: result.reason };
  if (result.status < 200 || result.status > 299) return { error: `the registry answered ${result.status}` };
  if (result.truncated) return { error: `the answer is longer than ${MAX_ANSWER_BYTES} bytes` };
  if (result.body.length === 0) return { pendingMs: undefined };
  let answer: unknown;
  try {
    answer = JSON.parse(result.body.toString('utf8'));
  } catch {
    return { error: 'the answer is not JSON' };
  }
  const fields = new Map<string, unknown>(typeof answer === 'object' && answer !== null ? Object.entries(answer) : []);
  const given = fields.get('outcome');
  if (given === undefined || given === 'pending') {
    const seconds = fields.get('ask_again_after_seconds');
    const isUsable = typeof seconds === 'number' && seconds >= 1 && seconds <= MAX_SECONDS;
    return { pendingMs: isUsable ? seconds * 1_000 : undefined };
  }
  const outcome = outcomes.find((one) => one === given);
  if (!outcome) return { error: `the answer has an unknown outcome ${JSON.stringify(given)?.slice(0, 100)}` };
  const score = fields.get('vetting_score');
  const hasScore = typeof score === 'number' && Number.isInteger(score) && score >= 0 && score <= 100;
  return {
    verdict: {
      outcome,
      code: textOf(fields.get('code')),
      reason: textOf(fields.get('reason')),
      vettingScore: hasScore ? score : undefined,
    },
  };
}

function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return value.slice(0, MAX_TEXT).replaceAll('\u0000', '\uFFFD').toWellFormed();
}
