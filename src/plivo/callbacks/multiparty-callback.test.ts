import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { elementResultParams } from './element-result.ts';
import { multiPartyRecordingParams, multiPartyStatusParams } from './multiparty-callback.ts';

const AT = Date.UTC(2026, 0, 14, 9, 20, 5, 400);
const target = { url: 'https://app.example/status', method: 'POST' };
const multiParty = {
  id: 'b7a4b8a2-5f0e-4c06-8a53-7a0a9d3f6c11',
  name: 'support 42',
  accountId: 'MAEXAMPLEACCOUNT0001',
  ownerId: 'MAEXAMPLEACCOUNT0001',
};
const callId = '3d1c3c55-8d0c-4c8e-9a57-51c6f1e2a901';
const participant = {
  memberId: '812',
  callId,
  role: 'supervisor',
  coach: true,
  address: '+14155550123',
  from: '14155550123',
  to: '14155550188',
  direction: 'inbound',
} as const;
const nothing = {
  MemberID: '',
  ParticipantCallUUID: '',
  ParticipantRole: '',
  ParticipantCoachMode: '',
  MemberAddress: '',
  ParticipantCallFrom: '',
  ParticipantCallTo: '',
  ParticipantCallDirection: '',
  DigitInput: '',
  MPCDuration: '',
  MPCBilledDuration: '',
  MPCBilledAmount: '',
  MPCTerminationCause: '',
  MPCTerminationCauseCode: '',
  AddParticipantAPIRequestOutcome: '',
};
const common = {
  EventTimestamp: '2026-01-14 09:20:05+00:00',
  SequenceNumber: '7',
  MPCUUID: multiParty.id,
  MPCName: 'support 42',
};

describe('the status callback of a multiparty call', () => {
  it('has every key in every event, empty where there is nothing to tell', () => {
    const told = { kind: 'multiparty', target, multiParty, at: AT, sequence: 7 } as const;
    assert.deepEqual(multiPartyStatusParams({ ...told, event: 'initialized' }), {
      EventName: 'MPCInitialized',
      ...common,
      ...nothing,
    });
    assert.deepEqual(multiPartyStatusParams({ ...told, event: 'digit', participant, digit: '5' }), {
      EventName: 'ParticipantDigitInput',
      ...common,
      ...nothing,
      MemberID: '812',
      ParticipantCallUUID: callId,
      ParticipantRole: 'supervisor',
      ParticipantCoachMode: 'true',
      MemberAddress: '14155550123',
      ParticipantCallFrom: '14155550123',
      ParticipantCallTo: '14155550188',
      ParticipantCallDirection: 'inbound',
      DigitInput: '5',
    });
    const end = { bill: { durationS: 61, billedS: 240, amountMicros: 10_000 }, code: 1010 } as const;
    assert.deepEqual(multiPartyStatusParams({ ...told, event: 'ended', end }), {
      EventName: 'MPCEnd',
      ...common,
      ...nothing,
      MPCDuration: '61',
      MPCBilledDuration: '240',
      MPCBilledAmount: '0.01000',
      MPCTerminationCause: 'Stay Alone Not Permitted',
      MPCTerminationCauseCode: '1010',
    });
    const resolved = multiPartyStatusParams({ ...told, event: 'invite-resolved', outcome: 'busy' });
    assert.deepEqual(
      [resolved.EventName, resolved.AddParticipantAPIRequestOutcome],
      ['AddParticipantByAPIActionCompleted', 'busy'],
    );
  });
});

describe('the recording callback of a multiparty call', () => {
  const recording = {
    recordingId: '5e0f6a72-3b19-4d2c-8a4e-71c9b0d2e3f4',
    url: 'https://media.example.net/r.mp3',
    format: 'mp3',
    startedAt: AT,
    endedAt: AT + 12_340,
    durationMs: 12_340,
  } as const;
  const told = { kind: 'multiparty-recording', target, multiParty, at: AT, sequence: 7, recording } as const;

  it('names the multiparty call, or the member whose track it is', () => {
    const room = multiPartyRecordingParams({ ...told, memberId: undefined, event: 'completed' });
    assert.deepEqual(room, {
      EventName: 'MPCRecordingCompleted',
      ...common,
      RecordingUUID: recording.recordingId,
      RecordingURL: recording.url,
      RecordingResourceURL: `/v1/Account/MAEXAMPLEACCOUNT0001/Recording/${recording.recordingId}/`,
      RecordingFormat: 'mp3',
      RecordingStartTime: '2026-01-14 09:20:05+00:00',
      RecordingEndTime: '2026-01-14 09:20:17+00:00',
      RecordingDuration: '12',
    });
    const running = { ...recording, endedAt: undefined, durationMs: undefined };
    const track = multiPartyRecordingParams({ ...told, memberId: '812', event: 'paused', recording: running });
    assert.deepEqual(
      [track.EventName, track.MemberID, track.MPCName, track.RecordingEndTime, track.RecordingDuration],
      ['ParticipantRecordingPaused', '812', undefined, '', ''],
    );
  });
});

describe('the exit action of a multiparty call', () => {
  it('tells who was in, in what role and how long', () => {
    assert.deepEqual(
      elementResultParams({
        element: 'MultiPartyCall',
        multiParty,
        memberId: '812',
        callId,
        role: 'customer',
        joinedAt: AT,
        exitedAt: AT + 60_000,
      }),
      {
        MPCUUID: multiParty.id,
        MPCFriendlyName: 'support 42',
        MemberID: '812',
        ParticipantCallUUID: callId,
        ParticipantRole: 'customer',
        ParticipantJoinTime: '2026-01-14 09:20:05+00:00',
        ParticipantEndTime: '2026-01-14 09:21:05+00:00',
      },
    );
  });
});
