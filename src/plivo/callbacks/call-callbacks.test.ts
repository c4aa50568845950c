import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endedCall, inboundCall, outboundCall } from '../../../testkit/call-facts.ts';
import type { DialNotification } from '../../voice/call-application.ts';
import { hangupCause } from '../../voice/hangup-cause.ts';
import { apiRecordedParams } from './api-recorded.ts';
import { callHangupParams } from './call-hangup.ts';
import { callMachineParams } from './call-machine.ts';
import { callParams } from './call-params.ts';
import { callRingParams } from './call-ring.ts';
import { conferenceCallbackParams, conferenceRecordedParams, conferenceSoundParams } from './conference-callback.ts';
import { dialCallbackParams } from './dial-callback.ts';
import { elementResultParams } from './element-result.ts';
import { recordedParams } from './recorded.ts';

const recording = {
  recordingId: '5e0f6a72-3b19-4d2c-8a4e-71c9b0d2e3f4',
  url: 'https://media.example.net/r.mp3',
  durationMs: 12_340,
  startedAt: 1_768_209_242_118,
  endedAt: 1_768_209_254_458,
};

describe('every request about a call', () => {
  it('of an inbound one tells who calls whom, and nothing of a first leg', () => {
    assert.deepEqual(callParams(inboundCall(), 'StartApp'), {
      CallUUID: '019bb17a-0d8e-7b77-9a41-5f6e2b3c4d10',
      From: '14155550123',
      To: '14155550188',
      Direction: 'inbound',
      CallStatus: 'ringing',
      Event: 'StartApp',
      ParentAuthID: 'MAEXAMPLEACCOUNT0001',
      SessionStart: '2026-01-12 09:14:02.118000',
      BillRate: '0.00200',
      STIRVerification: 'Not Applicable',
    });
  });

  it('of an outbound one tells request and first leg', () => {
    const params = callParams(outboundCall(), 'StartApp');
    const id = '019bb17a-1111-7b77-9a41-5f6e2b3c4d11';
    assert.deepEqual(
      [params.CallUUID, params.RequestUUID, params.ALegUUID, params.ALegRequestUUID, params.CallStatus, params.Direction],
      [id, id, id, id, 'in-progress', 'outbound'],
    );
  });

  it('tells numbers without plus sign, and SIP parties with all that came with them', () => {
    const params = callParams(
      inboundCall({
        from: 'sip:desk7@phone.example.net',
        to: '+14155550188',
        callerName: 'Desk 7',
        sipTo: '<sip:14155550188@203.0.113.5>',
        sipAuth: { type: 'digest', user: 'desk7', sourceIp: '198.51.100.7' },
        forwardedFrom: '14155550177',
        stirVerification: 'Verified',
        stirAttestation: 'A',
        customHeaders: { 'X-PH-Ticket': 'A17', 'x-ph-lower': '1', CallUUID: 'forged', 'X-Other': '2' },
      }),
      'StartApp',
    );
    assert.equal(params.From, 'sip:desk7@phone.example.net');
    assert.equal(params.To, '14155550188');
    assert.equal(params.CallerName, 'Desk 7');
    assert.equal(params['SIP-H-To'], '<sip:14155550188@203.0.113.5>');
    assert.deepEqual([params.SIPAuthType, params.SIPAuthUser, params.SIPSourceIP], ['digest', 'desk7', '198.51.100.7']);
    assert.equal(params.ForwardedFrom, '14155550177');
    assert.deepEqual([params.STIRVerification, params.STIRAttestation], ['Verified', 'A']);
    assert.deepEqual([params['X-PH-Ticket'], params['x-ph-lower'], params['X-Other']], ['A17', '1', undefined]);
    assert.equal(params.CallUUID, inboundCall().callId);
  });

  it('of one to a number that looks callers up tells the name, also that there is none', () => {
    const nameOf = (cnam?: string) =>
      callParams(inboundCall({ ...(cnam !== undefined && { cnam }) }), 'StartApp').cnam_lookup_result;
    assert.deepEqual([nameOf('ANA LOPEZ'), nameOf(''), nameOf()], ['ANA LOPEZ', '', undefined]);
  });

  it('tells of a machine, of a hangup to come and of one that was', () => {
    const running = callParams(outboundCall({ machine: true, scheduledHangupId: 'sched-1' }), 'Redirect');
    assert.deepEqual([running.Machine, running.ScheduledHangupId, running.HangupCause], ['true', 'sched-1', undefined]);
    const ended = callParams(endedCall(), 'Redirect');
    assert.deepEqual(
      [ended.CallStatus, ended.HangupCause, ended.Duration, ended.BillDuration, ended.TotalCost],
      ['completed', 'NORMAL_CLEARING', '61', '120', '0.00400'],
    );
  });
});

describe('the webhooks of an API call', () => {
  it('ring', () => {
    const params = callRingParams(outboundCall({ status: 'queued' }));
    assert.deepEqual([params.Event, params.CallStatus, params.Direction], ['Ring', 'ringing', 'outbound']);
  });

  it('machine', () => {
    const params = callMachineParams(outboundCall(), 'hangup');
    assert.deepEqual(
      [params.Event, params.CallStatus, params.Machine, params.IfMachine],
      ['MachineDetection', 'in-progress', 'true', 'hangup'],
    );
  });

  it('hangup, with its times on the clock of the account', () => {
    const params = callHangupParams(endedCall({ carrierFailover: true }), 'America/New_York');
    assert.deepEqual(
      {
        Event: params.Event,
        CallStatus: params.CallStatus,
        StartTime: params.StartTime,
        AnswerTime: params.AnswerTime,
        EndTime: params.EndTime,
        SessionStart: params.SessionStart,
        HangupCause: params.HangupCause,
        HangupCauseName: params.HangupCauseName,
        HangupCauseCode: params.HangupCauseCode,
        HangupSource: params.HangupSource,
        Duration: params.Duration,
        BillDuration: params.BillDuration,
        BillRate: params.BillRate,
        TotalCost: params.TotalCost,
        CarrierFailoverTriggered: params.CarrierFailoverTriggered,
      },
      {
        Event: 'Hangup',
        CallStatus: 'completed',
        StartTime: '2026-01-12 04:14:02',
        AnswerTime: '2026-01-12 04:14:07',
        EndTime: '2026-01-12 04:15:08',
        SessionStart: '2026-01-12 09:14:02.118000',
        HangupCause: 'NORMAL_CLEARING',
        HangupCauseName: 'Normal Hangup',
        HangupCauseCode: '4000',
        HangupSource: 'Callee',
        Duration: '61',
        BillDuration: '120',
        BillRate: '0.00200',
        TotalCost: '0.00400',
        CarrierFailoverTriggered: 'true',
      },
    );
  });

  it('hangup of a call that nobody answered', () => {
    const cause = hangupCause(3010, 'Callee', 486);
    const ended = { at: inboundCall().startedAt + 3_000, cause, durationS: 0, billedS: 0, amountMicros: 0 };
    const params = callHangupParams(outboundCall({ status: 'busy', answeredAt: undefined, ended }), 'UTC');
    assert.deepEqual(
      [params.CallStatus, params.AnswerTime, params.Duration, params.TotalCost, params.HangupCause, params.HangupCauseName],
      ['busy', '', '0', '0.00000', 'USER_BUSY', 'Busy Line'],
    );
    assert.equal('CarrierFailoverTriggered' in params, false);
  });
});

describe('the webhook of a Dial', () => {
  const bLeg = outboundCall({ callId: '019bb17a-2222-7b77-9a41-5f6e2b3c4d12', from: '+14155550188', to: '14155550111' });
  const event = (overrides: Partial<DialNotification>): DialNotification => ({
    kind: 'dial',
    action: 'answer',
    aLegId: inboundCall().callId,
    bLeg,
    position: 1,
    ...overrides,
  });

  it('names both legs', () => {
    const params = dialCallbackParams(inboundCall({ status: 'in-progress' }), event({}));
    assert.deepEqual(Object.fromEntries(Object.entries(params).filter(([name]) => name.startsWith('Dial'))), {
      DialAction: 'answer',
      DialALegUUID: inboundCall().callId,
      DialBLegUUID: bLeg.callId,
      DialBLegStatus: 'answer',
      DialBLegFrom: '14155550188',
      DialBLegTo: '14155550111',
      DialBLegPosition: '1',
    });
    assert.deepEqual([params.CallUUID, params.Event, params.CallStatus], [inboundCall().callId, 'DialAnswer', 'in-progress']);
  });

  it('tells the digits and who pressed them', () => {
    const params = dialCallbackParams(inboundCall(), event({ action: 'digits', digits: { match: '99', pressedBy: 'BLeg' } }));
    assert.deepEqual(
      [params.DialAction, params.DialDigitsMatch, params.DialDigitsPressedBy, params.DialBLegStatus, params.Event],
      ['digits', '99', 'BLeg', 'connected', 'DialDigitsMatch'],
    );
  });

  it('tells how a leg ended', () => {
    const params = dialCallbackParams(inboundCall(), event({ action: 'hangup', bLeg: endedCall(), position: 2 }));
    assert.deepEqual(
      [
        params.DialBLegStatus,
        params.DialBLegDuration,
        params.DialBLegBillDuration,
        params.DialBLegHangupCause,
        params.DialBLegHangupCauseName,
        params.DialBLegHangupCauseCode,
        params.DialBLegHangupSource,
        params.DialBLegPosition,
      ],
      ['hangup', '61', '120', 'NORMAL_CLEARING', 'Normal Hangup', '4000', 'Callee', '2'],
    );
    // The call that runs the Dial has not ended.
    assert.equal('HangupCause' in params, false);
  });
});

describe('the webhook of a recording', () => {
  it('made by XML has names like all others of XML, and no digits', () => {
    const { RecordUrl, RecordingID, RecordingDuration, RecordingDurationMs, RecordingStartMs, RecordingEndMs, Event, ...rest } =
      recordedParams(inboundCall(), recording);
    assert.deepEqual(
      [RecordUrl, RecordingID, RecordingDuration, RecordingDurationMs, RecordingStartMs, RecordingEndMs, Event],
      [recording.url, recording.recordingId, '12', '12340', '1768209242118', '1768209254458', 'RecordStop'],
    );
    assert.equal(rest.CallUUID, inboundCall().callId);
    assert.equal('Digits' in rest, false);
  });

  it('made by the API has names of its own', () => {
    assert.deepEqual(apiRecordedParams(inboundCall(), recording, 'api-1'), {
      api_id: 'api-1',
      call_uuid: inboundCall().callId,
      message: 'record done',
      record_url: recording.url,
      recording_id: recording.recordingId,
      recording_duration: '12',
      recording_duration_ms: '12340',
      recording_start_ms: '1768209242118',
      recording_end_ms: '1768209254458',
    });
  });
});

describe('callbacks of a conference', () => {
  const conference = { id: '019bb17a-0000-7000-8000-000000000009', name: 'standup room' };
  const told = { kind: 'conference', conference, memberId: '21' } as const;
  const named = { ConferenceName: 'standup room', ConferenceUUID: conference.id, ConferenceMemberID: '21' };

  it('tell who enters and leaves, which digits matched and who speaks, beside what every request tells', () => {
    const call = inboundCall();
    assert.deepEqual(conferenceCallbackParams(call, { ...told, action: 'enter', isFirst: true }), {
      ...callParams(call, 'ConferenceEnter'),
      ...named,
      ConferenceAction: 'enter',
      ConferenceFirstMember: 'true',
    });
    const exit = conferenceCallbackParams(call, { ...told, action: 'exit', isLast: false });
    assert.deepEqual([exit.Event, exit.ConferenceAction, exit.ConferenceLastMember], ['ConferenceExit', 'exit', 'false']);
    const digits = conferenceCallbackParams(call, { ...told, action: 'digits', digitsMatch: '12' });
    assert.deepEqual([digits.ConferenceAction, digits.ConferenceDigitsMatch], ['digits', '12']);
    assert.equal(conferenceCallbackParams(call, { ...told, action: 'floor' }).ConferenceAction, 'floor');
  });

  it('tell of the recording, in other names for the API', () => {
    const params = conferenceCallbackParams(inboundCall(), { ...told, action: 'record', recording });
    assert.deepEqual(
      [params.RecordUrl, params.RecordingID, params.RecordingDuration, params.RecordingDurationMs, params.Event],
      [recording.url, recording.recordingId, '12', '12340', 'ConferenceRecordStop'],
    );
    const begun = { ...recording, durationMs: -1, startedAt: -1, endedAt: -1 };
    const beginning = conferenceCallbackParams(inboundCall(), { ...told, action: 'record', recording: begun });
    assert.deepEqual(
      [beginning.Event, beginning.ConferenceAction, beginning.RecordingID, beginning.RecordingDuration, beginning.RecordingEndMs],
      ['ConferenceRecordStart', 'record', recording.recordingId, '-1', '-1'],
    );
    assert.deepEqual(conferenceRecordedParams(recording, 'api-1', 'standup room'), {
      api_id: 'api-1',
      record_url: recording.url,
      recording_id: recording.recordingId,
      conference_name: 'standup room',
      recording_duration: '12',
      recording_duration_ms: '12340',
      recording_start_ms: '1768209242118',
      recording_end_ms: '1768209254458',
    });
  });

  it('are not what its sounds are asked with: who waits has not entered', () => {
    assert.deepEqual(conferenceSoundParams({ sound: 'wait', conference }), {
      ConferenceAction: 'waitSound',
      ConferenceName: 'standup room',
      ConferenceUUID: '',
      ConferenceMemberID: '',
    });
    assert.deepEqual(conferenceSoundParams({ sound: 'exit', conference, memberId: '21' }), named);
  });

  it('and the action tells the result', () => {
    const result = { element: 'Conference', conference, memberId: '21' } as const;
    assert.deepEqual(elementResultParams({ ...result, recording: undefined }), named);
    assert.deepEqual(elementResultParams({ ...result, recording }), {
      ...named,
      RecordUrl: recording.url,
      RecordingID: recording.recordingId,
    });
  });
});

describe('what an element found out', () => {
  it('GetDigits', () => assert.deepEqual(elementResultParams({ element: 'GetDigits', digits: '12' }), { Digits: '12' }));

  it('GetInput, by keys or speech', () => {
    const input = { element: 'GetInput', digits: '', speech: '', confidence: undefined } as const;
    assert.deepEqual(elementResultParams({ ...input, inputType: 'dtmf', digits: '4' }), {
      InputType: 'dtmf',
      Digits: '4',
      Speech: '',
      SpeechConfidenceScore: '',
      BilledAmount: '0.00000',
    });
    const heard = { ...input, inputType: 'speech', speech: 'sales', confidence: 0.93 } as const;
    assert.equal(elementResultParams({ ...heard, billedMicros: 40_000 }).BilledAmount, '0.04000');
    const spoken = elementResultParams(heard);
    assert.deepEqual(
      [spoken.InputType, spoken.Digits, spoken.Speech, spoken.SpeechConfidenceScore],
      ['speech', '', 'sales', '0.93'],
    );
  });

  it('Record, finished or in the background', () => {
    const finished = elementResultParams({ element: 'Record', recording, digits: '*' });
    assert.deepEqual([finished.RecordingDuration, finished.RecordingDurationMs, finished.Digits], ['12', '12340', '*']);
    const running = { ...recording, durationMs: -1, startedAt: -1, endedAt: -1 };
    const { RecordingDuration, RecordingDurationMs, RecordingStartMs, RecordingEndMs, Digits } = elementResultParams({
      element: 'Record',
      recording: running,
      digits: '',
    });
    assert.deepEqual(
      [RecordingDuration, RecordingDurationMs, RecordingStartMs, RecordingEndMs, Digits],
      ['-1', '-1', '-1', '-1', ''],
    );
  });

  it('Dial', () => {
    const result = { element: 'Dial', rang: true, aLegId: 'a', bLegId: '' } as const;
    assert.deepEqual(elementResultParams({ ...result, status: 'no-answer', cause: hangupCause(6010, 'Plivo') }), {
      DialStatus: 'no-answer',
      DialRingStatus: 'true',
      DialHangupCause: 'NO_ANSWER',
      DialALegUUID: 'a',
      DialBLegUUID: '',
    });
    const failed = elementResultParams({ ...result, rang: false, status: 'failed', cause: hangupCause(4240, 'Plivo') });
    assert.deepEqual([failed.DialRingStatus, failed.DialHangupCause], ['false', 'sip_auth_failed']);
  });
});
