import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pg from 'pg';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import type { WebhookJob } from '../../delivery/webhook.ts';
import type { MaskingEvent, MaskingNotice } from '../../masking/notices.ts';
import { createIds } from '../../runtime/ids.ts';
import { createSystemRandom } from '../../runtime/random.ts';
import { hangupCause } from '../../voice/hangup-cause.ts';
import { maskingNotifier } from './masking-webhooks.ts';

const RECORDING = {
  recordingId: '5e0f6a72-3b19-4d2c-8a4e-71c9b0d2e3f4',
  url: 'http://127.0.0.1:7464/r.mp3',
  durationMs: 12_340,
  startedAt: Date.UTC(2026, 0, 12, 9, 14, 2, 118),
  endedAt: Date.UTC(2026, 0, 12, 9, 14, 14, 458),
};
const END = { cause: hangupCause(4000, 'Callee'), durationS: 42, billedS: 60, amountMicros: 8_500 };

/** What is told of an event. */
async function told(event: MaskingEvent): Promise<Record<string, string>> {
  const jobs: WebhookJob[] = [];
  const notifier = maskingNotifier(
    createIds(new VirtualClock(), createSystemRandom()),
    {
      admit(given) {
        jobs.push(...given);
        return { webhooks: [], holder: { node: '', epoch: 0 }, leaseUntil: 0 };
      },
      handOver: () => undefined,
    },
    'http://127.0.0.1:7464',
  );
  const notice: MaskingNotice = {
    sessionId: '019bb17a-0d8e-7b77-9a41-000000000001',
    accountId: 'MAEXAMPLEACCOUNT0001',
    ownerId: 'MAEXAMPLEACCOUNT0001',
    target: { url: 'http://app.example/masking', method: 'POST' },
    event,
    from: '14155550301',
    to: '14155550302',
    virtualNumber: '14155560001',
    format: 'mp3',
    sequence: 7,
    at: Date.UTC(2026, 0, 12, 9, 14, 2, 118),
  };
  await notifier.write(new pg.Client(), [notice]);
  const [job] = jobs;
  assert.ok(job && 'form' in job.payload);
  return job.payload.form;
}

const COMMON = {
  EventTimestamp: '2026-01-12 09:14:02.118000',
  From: '14155550301',
  SequenceNumber: '7',
  SessionUUID: '019bb17a-0d8e-7b77-9a41-000000000001',
  To: '14155550302',
  VirtualNumber: '14155560001',
};

describe('the callback of a masking session', () => {
  for (const [kind, name] of [
    ['first-answer', 'SessionFirstPartyAnswer'],
    ['second-ring', 'SessionSecondPartyRing'],
    ['second-answer', 'SessionSecondPartyAnswer'],
    ['timeout', 'SessionTimeout'],
  ] as const) {
    it(name, async () => assert.deepEqual(await told({ kind }), { EventName: name, ...COMMON }));
  }

  for (const [kind, name] of [
    ['second-hangup', 'SessionSecondPartyHangup'],
    ['first-hangup', 'SessionFirstPartyHangup'],
    ['parties-hangup', 'SessionPartiesHangup'],
  ] as const) {
    it(`${name} says why, how long and for how much`, async () => {
      assert.deepEqual(await told({ kind, end: END }), {
        EventName: name,
        ...COMMON,
        Amount: '0.00850',
        BilledDuration: '60',
        Duration: '42',
        PlivoHangupCause: 'Normal Hangup',
        PlivoHangupCauseCode: '4000',
      });
    });
  }

  for (const [status, shown] of [
    ['success', 'success'],
    ['failed', 'failed'],
    ['authorized', 'AuthorizedCaller'],
  ] as const) {
    it(`SessionPinAuthenticationStatus ${shown}`, async () => {
      assert.deepEqual(await told({ kind: 'pin', status, tries: 2 }), {
        EventName: 'SessionPinAuthenticationStatus',
        ...COMMON,
        PinAuthenticationStatus: shown,
        PinRetryCounter: '2',
      });
    });
  }

  const recorded = {
    ...COMMON,
    RecordingFormat: '.mp3',
    RecordingResourceURL: `http://127.0.0.1:7464/v1/Account/MAEXAMPLEACCOUNT0001/Recording/${RECORDING.recordingId}/`,
    RecordingURL: RECORDING.url,
    RecordingUUID: RECORDING.recordingId,
  };

  it('SessionRecordingInitiated and SessionRecordingFailed name the recording', async () => {
    const { recordingId, url } = RECORDING;
    for (const [kind, name] of [
      ['recording-initiated', 'SessionRecordingInitiated'],
      ['recording-failed', 'SessionRecordingFailed'],
    ] as const) {
      assert.deepEqual(await told({ kind, recording: { recordingId, url } }), { EventName: name, ...recorded });
    }
  });

  it('SessionRecordingCompleted tells its times, too', async () => {
    assert.deepEqual(await told({ kind: 'recording-completed', recording: RECORDING }), {
      EventName: 'SessionRecordingCompleted',
      ...recorded,
      RecordingDuration: '13',
      RecordingStartTime: '2026-01-12 09:14:02.118000',
      RecordingEndTime: '2026-01-12 09:14:14.458000',
    });
  });
});
