import type { FastifyInstance } from 'fastify';
import type { Compliance } from '../compliance/compliance.ts';
import { caseKinds, outcomes, type RegistryCase, type Verdict } from '../compliance/registry/case.ts';
import { invalidParameter, missingParameter, notFound, Problem } from '../errors/catalogue.ts';
import { isUuid } from '../runtime/ids.ts';
import { type Body, bodyOf, textOf } from './body.ts';

interface OfId {
  Params: { id: string };
}

interface OfList {
  Querystring: Readonly<Record<string, unknown>>;
}

/** Cases of one answer. */
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const MAX_OFFSET = 1_000_000;
const MAX_REASON = 500;
const MAX_CODE = 64;

/** What accounts have registered, for those who decide on it: cases under /registry, what they decide about under /compliance. */
export function registerRegistry(operator: FastifyInstance, compliance: Compliance): void {
  operator.get<OfList>('/registry/cases', async (request) => {
    const { status, kind, account, limit, offset } = request.query;
    const wantedKind = caseKinds.find((one) => one === kind);
    if (kind !== undefined && !wantedKind) throw unexpected('kind', caseKinds);
    if (status !== undefined && status !== 'pending' && status !== 'decided') throw unexpected('status', ['pending', 'decided']);
    const filter = {
      pending: status === undefined ? undefined : status === 'pending',
      kind: wantedKind,
      accountId: typeof account === 'string' ? account : undefined,
    };
    const shownLimit = numberOf('limit', limit, DEFAULT_LIMIT, 1, MAX_LIMIT);
    const found = await compliance.cases.list(filter, shownLimit, numberOf('offset', offset, 0, 0, MAX_OFFSET));
    return { api_id: request.id, cases: found.map(shown) };
  });

  operator.get<OfId>('/registry/cases/:id', async (request) => {
    const { id } = request.params;
    const found = isUuid(id) ? await compliance.cases.find(id) : undefined;
    if (!found) throw notFound();
    return { api_id: request.id, ...shown(found) };
  });

  operator.post<OfId>('/registry/cases/:id/decision', async (request, reply) => {
    const { id } = request.params;
    const verdict = verdictOf(bodyOf(request.body));
    const found = isUuid(id) ? await compliance.cases.find(id) : undefined;
    if (!found) throw notFound();
    const decided = await compliance.casework.decide(id, verdict, 'operator');
    if (!decided) throw new Problem('conflict', 'the case has been decided, or was withdrawn');
    return reply.code(200).send({ api_id: request.id, message: 'decided' });
  });

  operator.get<OfId>('/compliance/files/:id', async (request, reply) => {
    const { id } = request.params;
    const file = isUuid(id) ? await compliance.files.store.find(id) : undefined;
    const blob = file && (await compliance.files.open(file.fileId));
    if (!blob) throw notFound();
    reply.headers({
      'content-type': file.contentType,
      'content-length': blob.size,
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
    });
    return reply.send(blob.stream);
  });

  const ends: readonly (readonly [path: string, end: (id: string) => Promise<boolean>])[] = [
    ['campaigns/:id/expire', (id) => compliance.campaigns.expire(id)],
    ['applications/:id/suspend', (id) => compliance.applications.end(id, 'suspended')],
    ['applications/:id/expire', (id) => compliance.applications.end(id, 'expired')],
  ];
  for (const [path, end] of ends) {
    operator.post<OfId>(`/compliance/${path}`, async (request) => {
      if (!(await end(request.params.id))) throw new Problem('conflict', 'there is no such thing, or it is not in force');
      return { api_id: request.id, message: 'done' };
    });
  }
}

const shown = (one: RegistryCase) => ({
  case_id: one.id,
  kind: one.kind,
  subject_id: one.subjectId,
  account: one.accountId,
  status: one.decidedAt ? 'decided' : 'pending',
  facts: one.facts,
  asked: one.asked,
  opened_at: one.openedAt.toISOString(),
  due_at: one.dueAt.toISOString(),
  deadline: one.deadline.toISOString(),
  last_error: one.lastError,
  decided_at: one.decidedAt?.toISOString() ?? null,
  decided_by: one.decidedBy,
  verdict: one.verdict,
});

function verdictOf(body: Body): Verdict {
  const given = textOf(body, 'outcome');
  if (given === '') throw missingParameter('outcome');
  const outcome = outcomes.find((one) => one === given);
  if (!outcome) throw unexpected('outcome', outcomes);
  const score = body.get('vetting_score');
  const hasScore = typeof score === 'number' && Number.isInteger(score) && score >= 0 && score <= 100;
  if (score !== undefined && score !== null && !hasScore) {
    throw invalidParameter('vetting_score', 'vetting_score parameter is invalid: a whole number from 0 to 100 is expected');
  }
  return {
    outcome,
    code: shortText(body, 'code', MAX_CODE),
    reason: shortText(body, 'reason', MAX_REASON),
    vettingScore: hasScore ? score : undefined,
  };
}

function shortText(body: Body, name: string, maxLength: number): string | undefined {
  const text = textOf(body, name);
  if (text.length > maxLength) throw invalidParameter(name, `${name} parameter is invalid: at most ${maxLength} characters`);
  return text === '' ? undefined : text;
}

const unexpected = (name: string, values: readonly string[]) =>
  invalidParameter(name, `${name} parameter is invalid: one of ${values.join(', ')} is expected`);

function numberOf(name: string, given: unknown, otherwise: number, least: number, most: number): number {
  if (given === undefined) return otherwise;
  const value = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalidParameter(name, `${name} parameter is invalid: a number from ${least} to ${most} is expected`);
}
