import assert from 'node:assert/strict';
import type { Scope } from '../src/accounts/account.ts';
import type { MultiPartyCallElement, VoiceElement } from '../src/voice/document.ts';
import type { AddParticipant, InviteByDialling } from '../src/voice/multiparty/multiparty-control.ts';
import { MultiPartyControlService } from '../src/voice/multiparty/multiparty-control-service.ts';
import { MultiPartyInvitations } from '../src/voice/multiparty/multiparty-invitations.ts';
import type { MultiPartyNotification, MultiPartyRecordingNotification } from '../src/voice/multiparty/multiparty-notification.ts';
import {
  defaultEventGroups,
  eventGroups,
  type MultiPartySettings,
  type ParticipantRole,
  type ParticipantSettings,
} from '../src/voice/multiparty/multiparty-plan.ts';
import { PlacedLegs } from '../src/voice/placed-legs.ts';
import { DEFAULT_INCREMENT } from '../src/voice/pricing.ts';
import { createCallControlRig } from './call-control-rig.ts';
import type { ScriptedMember } from './scripted-room.ts';
import { ANSWER, post } from './voice-elements.ts';
import { createVoiceRig, type VoiceRig } from './voice-rig.ts';

export const PARTY = 'support 42';
export const STATUS = post('http://app.example/status');

export const partySettings = (more: Partial<MultiPartySettings> = {}): MultiPartySettings => ({
  maxDurationMs: 14_400_000,
  maxParticipants: 10,
  waitMusic: undefined,
  agentHoldMusic: undefined,
  customerHoldMusic: undefined,
  record: false,
  recordMinMembers: 1,
  recordFormat: 'mp3',
  recordCoachVoice: true,
  recordingCallback: undefined,
  startRecordingAudio: undefined,
  stopRecordingAudio: undefined,
  transcription: undefined,
  statusCallback: STATUS,
  statusEvents: defaultEventGroups,
  waitForAgent: false,
  ...more,
});

export const partyParticipant = (role: ParticipantRole, more: Partial<ParticipantSettings> = {}): ParticipantSettings => ({
  role,
  stayAlone: false,
  coach: role === 'supervisor',
  mute: false,
  hold: false,
  startOnEnter: true,
  endOnExit: false,
  enterSound: undefined,
  exitSound: undefined,
  onExit: undefined,
  relayDigits: false,
  recordTrack: false,
  waitTimeMs: undefined,
  agentStream: undefined,
  ...more,
});

export const dialTo = (
  to: readonly string[],
  role: ParticipantRole = 'agent',
  more: Partial<InviteByDialling> = {},
  participant: Partial<ParticipantSettings> = {},
  settings: Partial<MultiPartySettings> = {},
): AddParticipant => ({
  invite: {
    kind: 'dial',
    from: '14155550100',
    callerName: undefined,
    destinations: to.map((each) => ({ to: each, ringTimeoutS: 45, delayS: 0 })),
    headers: {},
    callStatusCallback: undefined,
    confirmKey: undefined,
    confirmSound: undefined,
    dialMusic: { kind: 'none' },
    sendDigits: undefined,
    sendOnPreanswer: false,
    ...more,
  },
  settings: partySettings({ statusEvents: eventGroups, ...settings }),
  participant: partyParticipant(role, participant),
  mayBeFirst: true,
  requesterIp: '192.0.2.10',
});

export const party = (
  role: ParticipantRole,
  more: Partial<ParticipantSettings> = {},
  settings: Partial<MultiPartySettings> = {},
): MultiPartyCallElement => ({
  element: 'MultiPartyCall',
  name: PARTY,
  participant: partyParticipant(role, more),
  settings: partySettings(settings),
  invitedTo: undefined,
});

/** Calls that one after another enter the same multiparty call. */
export function partyRig(prepare: (rig: VoiceRig) => void = () => undefined) {
  const rig = createVoiceRig();
  prepare(rig);
  return partiesOf(rig);
}

/** The same with what the API asks of multiparty calls. */
export function partyControlRig(prepare: (rig: VoiceRig) => void = () => undefined) {
  const rig = createCallControlRig();
  prepare(rig);
  const { live, ids, services, environment } = rig;
  const legs = new PlacedLegs({
    ...environment,
    ids,
    node: 'rig',
    store: rig.store,
    legs: rig.legs,
    live,
    permissions: rig.permissions,
    rates: () => ({ perMinute: 8_500, ...DEFAULT_INCREMENT }),
    outbound: rig.outbound,
    home: new Set(['phone.plivo.com']),
  });
  const invitations = new MultiPartyInvitations({ ids, live, legs, services });
  const control = new MultiPartyControlService({ services, archive: rig.multiParties, invitations });
  return { ...partiesOf(rig), control, calls: rig.control, dialled: rig.dialled };
}

function partiesOf(rig: VoiceRig) {
  let count = 0;
  const run = async (elements: readonly VoiceElement[]) => {
    const answer = post(`${ANSWER.url}/${++count}`);
    rig.application.answers(answer.url, elements);
    const started = rig.startCall('inbound');
    void started.flow.run({ kind: 'answer', answer, fallback: undefined });
    await rig.clock.advance(10);
    return started;
  };
  const account = rig.account.current;
  const scope: Scope = { account, subaccount: null, authId: account.authId, byMainAccount: true };
  const all = () => rig.multiParty.within(account.authId, undefined);
  const notices = (): readonly MultiPartyNotification[] =>
    rig.application.notifications.flatMap((each) => (each.kind === 'multiparty' ? [each] : []));
  const mixed = () => [...rig.media.rooms][0];
  return {
    rig,
    scope,
    run,
    enter: (
      role: ParticipantRole,
      more: Partial<ParticipantSettings> = {},
      settings: Partial<MultiPartySettings> = {},
      then: readonly VoiceElement[] = [],
    ) => run([party(role, more, settings), ...then]),
    all,
    live: () => {
      const [multiParty] = all();
      assert.ok(multiParty, 'there is a live multiparty call');
      return multiParty;
    },
    mixed,
    member: (index: number): ScriptedMember => {
      const member = mixed()?.members[index];
      assert.ok(member, `member ${index} is in the room`);
      return member;
    },
    notices,
    /** Events with their member, such as `joined 2`. */
    told: () => notices().map(({ event, participant }) => [event, participant?.memberId].filter(Boolean).join(' ')),
    recordings: (): readonly MultiPartyRecordingNotification[] =>
      [...rig.application.notifications, ...rig.recordingNotifications].flatMap((each) =>
        each.kind === 'multiparty-recording' ? [each] : [],
      ),
    /** Of the multiparty calls that have ended, as storage has them. */
    records: () => [...rig.multiParties.kept.values()].map(({ record }) => record),
    stays: () => [...rig.multiParties.stays.values()],
    end: () => rig.assertClean(),
  };
}
