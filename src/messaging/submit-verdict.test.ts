import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PartOutcome, PartReport } from '../carriers/carrier.ts';
import { type QueuedOutbound, queuedOutbound } from './queued-outbound.ts';
import { judgeReports, type VerdictContext } from './submit-verdict.ts';

const NOW = 1_000_000;
const context: VerdictContext = { failoverCodes: new Set(['20', '90']), hasNext: true, costMicros: 700, now: NOW };

/** A message of three parts that two carriers may take. */
function message(change: Partial<QueuedOutbound> = {}): QueuedOutbound {
  const made = queuedOutbound({
    id: '019bb0b0-0000-7000-8000-000000000001',
    accountId: 'MA1',
    ownerId: 'MA1',
    senderKind: 'long_code',
    service: 'sms',
    src: '14155550100',
    dst: '14155550123',
    text: 'x'.repeat(400),
    media: [],
    structured: undefined,
    chargeMicros: 16_500,
    expiresAt: NOW + 60_000,
    attempt: 0,
    tried: [],
    pendingParts: null,
    marked: true,
  });
  return { ...made, ...change };
}

const ok: PartOutcome = { kind: 'accepted', carrierMessageId: 'id' };
const throttled: PartOutcome = { kind: 'throttled', retryAfterMs: 300, reason: 'slow down' };
const unsent: PartOutcome = { kind: 'unsent', reason: 'link down' };
const unanswered: PartOutcome = { kind: 'unanswered', reason: 'no answer' };
const rejected = (errorCode: string): PartOutcome => ({ kind: 'rejected', errorCode, reason: 'no' });

const reports = (...outcomes: PartOutcome[]): PartReport[] =>
  outcomes.map((outcome, part) => ({ part, outcome, link: 'lab#1', submittedAt: 1, answeredAt: 2, summary: 'submit_sm' }));

/** The verdict in words: kind, error code or carriers tried, parts left, delay, attempts written. */
function judge(outcomes: PartOutcome[], change: Partial<VerdictContext> = {}, of = message()): string {
  const verdict = judgeReports(of, 'lab', reports(...outcomes), { ...context, ...change });
  if (verdict.kind === 'unsent') return 'unsent';
  const { outcome } = verdict;
  const rows = `${outcome.attempts.length} rows`;
  if (outcome.kind === 'sent') return `sent, ${rows}`;
  if (outcome.kind === 'failed') return `failed ${outcome.errorCode}, ${rows}`;
  const delay = verdict.kind === 'again' ? verdict.delayMs : 0;
  return `again, tried [${outcome.tried}], parts [${outcome.pendingParts}], ${delay} ms, ${rows}`;
}

describe('the table, row by row', () => {
  const rows: readonly [string, PartOutcome[], string, Partial<VerdictContext>?][] = [
    ['all accepted', [ok, ok, ok], 'sent, 3 rows'],
    ['one rejected, code moves', [rejected('20'), unsent, unsent], 'again, tried [lab], parts [0,1,2], 0 ms, 1 rows'],
    [
      'all rejected, code moves',
      [rejected('90'), rejected('90'), rejected('90')],
      'again, tried [lab], parts [0,1,2], 0 ms, 3 rows',
    ],
    [
      'one rejected beside one unanswered',
      [rejected('20'), unanswered, unsent],
      'again, tried [lab], parts [0,1,2], 0 ms, 2 rows',
    ],
    ['code moves, no carrier left', [rejected('20'), unsent, unsent], 'failed 20, 1 rows', { hasNext: false }],
    ['code does not move', [rejected('50'), rejected('50'), rejected('50')], 'failed 50, 3 rows'],
    ['one rejected, another accepted', [ok, rejected('20'), ok], 'failed 20, 3 rows'],
    ['one throttled', [ok, throttled, ok], 'again, tried [], parts [1], 300 ms, 3 rows'],
    ['all throttled', [throttled, throttled, throttled], 'again, tried [], parts [0,1,2], 300 ms, 3 rows'],
    ['one unanswered', [ok, unanswered, ok], 'again, tried [], parts [1], 1000 ms, 3 rows'],
    ['unanswered beside throttled', [throttled, unanswered, ok], 'again, tried [], parts [0,1], 1000 ms, 3 rows'],
    ['throttled, the rest unsent', [throttled, unsent, unsent], 'again, tried [], parts [0,1,2], 300 ms, 1 rows'],
    ['accepted, the rest unsent', [ok, unsent, unsent], 'again, tried [], parts [1,2], 0 ms, 1 rows'],
    ['all unsent', [unsent, unsent, unsent], 'unsent'],
    ['no report at all', [], 'unsent'],
  ];
  for (const [name, outcomes, expected, change] of rows) {
    it(`${name}: ${expected}`, () => assert.equal(judge(outcomes, change), expected));
  }
});

describe('a later attempt', () => {
  it('is sent when the parts that were left are accepted', () => {
    const left = message({ attempt: 1, pendingParts: [1] });
    const verdict = judgeReports(left, 'lab', reports(unsent, ok).slice(1), context);
    assert.deepEqual(verdict.kind === 'ended' && [verdict.outcome.kind, verdict.outcome.attempts[0]?.attempt], ['sent', 2]);
  });

  it('does not move on when a part was accepted before: the carriers would tear the message apart', () => {
    const left = message({ attempt: 1, pendingParts: [1, 2] });
    const [, second, third] = reports(ok, rejected('20'), unsent);
    assert.ok(second && third);
    const verdict = judgeReports(left, 'lab', [second, third], context);
    assert.equal(verdict.kind === 'ended' && verdict.outcome.kind, 'failed');
  });

  it('keeps the carriers tried before', () => {
    const moved = message({ attempt: 1, tried: ['first'] });
    assert.equal(judge([rejected('20'), unsent, unsent], {}, moved), 'again, tried [first,lab], parts [0,1,2], 0 ms, 1 rows');
  });
});

it('what is written of an attempt names carrier, link, outcome and cost of what was taken', () => {
  const verdict = judgeReports(message(), 'lab', reports(ok, rejected('50'), unsent), context);
  assert.ok(verdict.kind === 'ended');
  assert.deepEqual(
    verdict.outcome.attempts.map((row) => [
      row.attempt,
      row.part,
      row.outcome,
      row.carrierMessageId,
      row.errorCode,
      row.costMicros,
    ]),
    [
      [1, 0, 'accepted', 'id', undefined, 700],
      [1, 1, 'rejected', undefined, '50', 0],
    ],
  );
  assert.match(verdict.outcome.kind === 'failed' ? verdict.outcome.cause : '', /^refused by lab: no$/);
});

it('a message that is sent carries its charge', () => {
  const verdict = judgeReports(message(), 'lab', reports(ok, ok, ok), context);
  assert.equal(verdict.kind === 'ended' && verdict.outcome.kind === 'sent' && verdict.outcome.chargeMicros, 16_500);
});
