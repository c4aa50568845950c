import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { inboundCall } from '../../../testkit/call-facts.ts';
import { exampleAccount } from '../../../testkit/example-account.ts';
import { silentLog } from '../../../testkit/silent-log.ts';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import type { HttpRequest, HttpResult } from '../../delivery/http-client.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createIds } from '../../runtime/ids.ts';
import { createSystemRandom } from '../../runtime/random.ts';
import type { DocumentAnswer, DocumentRequest } from '../../voice/call-application.ts';
import type { CallRequestObservation } from './call-request.ts';
import { DocumentFetch, type DocumentFetchNeeds } from './document-fetch.ts';
import { webhookSigner } from './webhook-signer.ts';

const random = createSystemRandom();
const observed: CallRequestObservation[] = [];
const needs = {
  ids: createIds(systemClock, random),
  log: silentLog,
  signer: webhookSigner(async () => exampleAccount(), random),
  observe: (_: string, observation: CallRequestObservation) => void observed.push(observation),
};
beforeEach(() => {
  observed.length = 0;
});
const never = new AbortController().signal;
const documentRequest = (url: string): DocumentRequest => ({
  purpose: 'answer',
  target: { url, method: 'POST' },
  call: inboundCall(),
  wantsDocument: true,
});

describe('retries follow the URL', () => {
  /** Requests are answered by a script, each after its time on a virtual clock. */
  type Step = { readonly afterMs?: number } & (
    | { readonly status: number; readonly body?: string }
    | { readonly failure: 'connect' | 'response' | 'partial' }
  );
  async function run(fragment: string, steps: readonly Step[], overrides: Partial<DocumentFetchNeeds> = {}) {
    const clock = new VirtualClock();
    const requests: HttpRequest[] = [];
    const http = {
      async request(request: HttpRequest): Promise<HttpResult> {
        const step = steps[requests.length] ?? assert.fail('one try too many');
        requests.push(request);
        const startedAt = clock.now();
        await clock.sleep(step.afterMs ?? 1);
        const times = { startedAt, connectedMs: 0, firstByteMs: 0, totalMs: clock.now() - startedAt };
        if ('failure' in step) return { kind: 'failure', failure: step.failure, reason: step.failure, status: null, times };
        const body = Buffer.from(step.body ?? '<Response/>');
        return { kind: 'answer', status: step.status, headers: {}, body, truncated: false, times };
      },
    };
    const fetching = new DocumentFetch({ ...needs, clock, http, ...overrides }).fetch(
      documentRequest(`https://a.example/answer${fragment}`),
      never,
    );
    let answer: DocumentAnswer | undefined;
    fetching.then((result) => {
      answer = result;
    });
    await clock.advance(200_000);
    assert.ok(answer);
    assert.equal(clock.pending, 0);
    return { answer, requests };
  }

  it('two tries, when there is no connection or no answer', async () => {
    const { answer, requests } = await run('', [{ failure: 'connect' }, { status: 200 }]);
    assert.equal(answer.kind, 'document');
    assert.equal(requests.length, 2);
    assert.deepEqual(
      observed.map(({ attempt, status, failure, latencyMs }) => [attempt, status, failure, latencyMs]),
      [
        [1, undefined, 'connect', 1],
        [2, 200, undefined, 1],
      ],
    );
    const [first, second] = requests;
    assert.notEqual(first?.headers['X-Plivo-Signature-V3-Nonce'], second?.headers['X-Plivo-Signature-V3-Nonce']);
    assert.deepEqual([first?.connectTimeoutMs, first?.readTimeoutMs, first?.totalTimeoutMs], [2_000, 40_000, 55_000]);
  });

  it('statuses only when they are named', async () => {
    assert.equal((await run('', [{ status: 503 }])).answer.kind, 'unreachable');
    assert.equal((await run('', [{ status: 404 }])).answer.kind, 'unreachable');
    assert.equal((await run('#rp=5xx', [{ status: 503 }, { status: 200 }])).answer.kind, 'document');
    assert.equal((await run('#rp=5xx', [{ status: 404 }])).answer.kind, 'unreachable');
    assert.equal((await run('#rp=all&rc=2', [{ status: 404 }, { status: 500 }, { status: 200 }])).answer.kind, 'document');
  });

  it('as many as it says, none if it says so', async () => {
    const failures = Array.from({ length: 6 }, () => ({ failure: 'response' }) as const);
    assert.equal((await run('#rc=5', failures)).requests.length, 6);
    assert.equal((await run('#rc=0', failures)).requests.length, 1);
  });

  it('never after half an answer', async () => {
    assert.equal((await run('#rp=all&rc=5', [{ failure: 'partial' }])).answer.kind, 'unreachable');
  });

  it('all tries share one time limit', async () => {
    const slow = { failure: 'response', afterMs: 4_000 } as const;
    const { requests } = await run('#rc=5&tt=10000', [slow, slow, slow]);
    assert.deepEqual(
      requests.map(({ totalTimeoutMs }) => totalTimeoutMs),
      [10_000, 6_000, 2_000],
    );
  });

  it('which the installation may shorten', async () => {
    const slow = { failure: 'response', afterMs: 4_000 } as const;
    const { requests } = await run('#rc=5', [slow, slow], { documentDeadlineMs: 5_000 });
    assert.deepEqual(
      requests.map(({ totalTimeoutMs }) => totalTimeoutMs),
      [5_000, 1_000],
    );
  });

  it('what failed on this side ends it, without a word of why', async () => {
    const signer = () => Promise.reject(new Error('database at 10.0.0.1 is down'));
    const { answer, requests } = await run('#rc=5', [], { signer });
    assert.deepEqual(answer, { kind: 'unreachable', reason: 'the request could not be made' });
    assert.equal(requests.length, 0);
  });

  it('a signer that takes its time does not hold up a call that has ended', async () => {
    const abort = new AbortController();
    const signer = () => new Promise<Record<string, string>>(() => undefined);
    const http = { request: () => assert.fail('nothing is sent') };
    const answer = new DocumentFetch({ ...needs, clock: systemClock, http, signer }).fetch(
      documentRequest('https://a.example/'),
      abort.signal,
    );
    abort.abort();
    assert.deepEqual(await answer, { kind: 'cancelled' });
  });
});
