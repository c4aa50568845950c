import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import { WebhookTarget } from '../../../testkit/webhook-target.ts';
import { HttpClient } from '../../delivery/http-client.ts';
import { TargetGuard } from '../../delivery/target-guard.ts';
import { systemClock } from '../../runtime/clock.ts';
import { AutomaticRegistry } from './automatic-registry.ts';
import type { CaseKind, RegistryCase } from './case.ts';
import { HttpRegistry } from './http-registry.ts';
import { OperatorRegistry } from './operator-registry.ts';

const opened = new VirtualClock().now();
const DEADLINE = opened + 1_000_000;

const question = (facts: Record<string, unknown> = {}, kind: CaseKind = 'campaign', subjectId = 'CAAAAAA'): RegistryCase => ({
  id: '019bb0b0-0000-7000-8000-000000000001',
  kind,
  subjectId,
  accountId: 'MAAAAAAAAAAAAAAAAAAA',
  facts,
  asked: 0,
  openedAt: new Date(opened),
  dueAt: new Date(opened),
  deadline: new Date(DEADLINE),
  lastError: null,
  decidedAt: null,
  decidedBy: null,
  verdict: null,
});

describe('the automatic registry', () => {
  const deadlineMs = 1_000_000;
  const registry = new AutomaticRegistry({ kind: 'automatic', delayMs: 2_000, outcome: 'approved', deadlineMs });
  const outcome = async (asked: RegistryCase) => {
    const answer = await registry.ask(asked, opened + 2_000);
    return answer.kind === 'decided' ? answer.verdict : answer.askAgainAt;
  };

  it('decides after its delay, always the same', async () => {
    assert.deepEqual(await registry.ask(question(), opened), { kind: 'later', askAgainAt: opened + 2_000 });
    assert.deepEqual(await outcome(question()), { outcome: 'approved' });
    const strict = new AutomaticRegistry({ kind: 'automatic', delayMs: 0, outcome: 'rejected', deadlineMs });
    assert.deepEqual(await strict.ask(question(), opened), { kind: 'decided', verdict: { outcome: 'rejected' } });
    assert.deepEqual(await strict.ask(question({ alias: 'x #approve' }), opened), {
      kind: 'decided',
      verdict: { outcome: 'approved' },
    });
  });

  it('knows magic values for every outcome', async () => {
    for (const [facts, expected] of [
      [{ alias: 'Shop #reject' }, { outcome: 'rejected', code: undefined }],
      [{ alias: '#reject:1003' }, { outcome: 'rejected', code: '1003' }],
      [{ description: 'something #reject:1001 else' }, { outcome: 'rejected', code: '1001' }],
      [{ additionalInformation: '#update:photo' }, { outcome: 'update_required', code: 'photo' }],
      [{ extraData: '#wait' }, DEADLINE],
      [{ alias: '#rejected' }, { outcome: 'approved' }],
      [{ alias: 5 }, { outcome: 'approved' }],
    ] as const) {
      assert.deepEqual(await outcome(question(facts)), expected, JSON.stringify(facts));
    }
  });

  it('refuses magic numbers', async () => {
    for (const [kind, number, expected] of [
      ['number_linking', '14155559990', 'rejected'],
      ['number_linking', '14155559991', 'approved'],
      ['number_unlinking', '14155559991', 'rejected'],
      ['number_unlinking', '14155559990', 'approved'],
    ] as const) {
      const verdict = await outcome(question({}, kind, number));
      assert.ok(typeof verdict === 'object');
      assert.equal(verdict.outcome, expected, `${kind} ${number}`);
    }
    assert.equal(await outcome(question({}, 'number_linking', '14155559992')), DEADLINE);
  });
});

it('the operator is never asked, only waited for', async () => {
  assert.deepEqual(await new OperatorRegistry().ask(question()), { kind: 'later', askAgainAt: DEADLINE });
});

describe('a registry outside', () => {
  const ask = async (status: number, body: string, asked = 0, timeoutMs = 1_000) => {
    const target = await WebhookTarget.start();
    const guard = new TargetGuard({ allowPrivateTargets: true, allowed: [] }, systemClock);
    const http = new HttpClient({ guard, clock: systemClock, userAgent: 'test', connectionsPerHost: 1 });
    const url = target.url('/cases');
    target.respond = (_, response) => {
      if (status === 0) return;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body);
    };
    const registry = new HttpRegistry(
      { kind: 'http', url, authorization: 'Bearer secret', timeoutMs, pollMs: 60_000, deadlineMs: 1 },
      http,
    );
    try {
      const answer = await registry.ask({ ...question({ alias: 'Shop' }), asked }, opened);
      return { answer, received: target.received };
    } finally {
      await http.close();
      await target.stop();
    }
  };

  it('gets the case as JSON, with the operator’s token, and decides', async () => {
    const verdict = { outcome: 'rejected', code: '1002', reason: 'not yours', vetting_score: 12 };
    const { answer, received } = await ask(200, JSON.stringify(verdict));
    assert.deepEqual(answer, {
      kind: 'decided',
      verdict: { outcome: 'rejected', code: '1002', reason: 'not yours', vettingScore: 12 },
    });
    const [request] = received;
    assert.equal(request?.headers.authorization, 'Bearer secret');
    assert.deepEqual(JSON.parse(request?.body ?? ''), {
      case_id: question().id,
      kind: 'campaign',
      subject_id: 'CAAAAAA',
      account: question().accountId,
      opened_at: new Date(opened).toISOString(),
      deadline: new Date(DEADLINE).toISOString(),
      facts: { alias: 'Shop' },
    });
  });

  it('may take its time', async () => {
    assert.deepEqual((await ask(202, '')).answer, { kind: 'later', askAgainAt: opened + 60_000 });
    const later = await ask(200, '{"outcome": "pending", "ask_again_after_seconds": 5}');
    assert.deepEqual(later.answer, { kind: 'later', askAgainAt: opened + 5_000 });
  });

  it('is asked again, ever more slowly, when it fails', async () => {
    for (const [status, body, error] of [
      [500, '{}', 'the registry answered 500'],
      [302, '', 'the registry answered 302'],
      [200, 'yes', 'the answer is not JSON'],
      [200, '{"outcome": "maybe"}', 'the answer has an unknown outcome "maybe"'],
      [200, `"${'x'.repeat(70_000)}"`, 'the answer is longer than 65536 bytes'],
    ] as const) {
      assert.deepEqual((await ask(status, body)).answer, { kind: 'later', askAgainAt: opened + 10_000, error });
    }
    const silent = (await ask(0, '', 3, 50)).answer;
    assert.ok(silent.kind === 'later');
    assert.equal(silent.askAgainAt, opened + 80_000);
    const last = (await ask(500, '', 100)).answer;
    assert.ok(last.kind === 'later');
    assert.equal(last.askAgainAt, opened + 3_600_000);
  });
});
