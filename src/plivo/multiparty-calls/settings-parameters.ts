import { type Static, Type } from 'typebox';
import { isWebAddress } from '../../delivery/web-address.ts';
import { invalidParameter } from '../../errors/catalogue.ts';
import {
  defaultEventGroups,
  type EventGroup,
  eventGroups,
  type MultiPartySettings,
  multiPartyLimits,
  type ParticipantRole,
  type ParticipantSettings,
  participantRoles,
  type RoomSound,
} from '../../voice/multiparty/multiparty-plan.ts';
import { flag, text, url } from '../fields.ts';
import { agentStreamParameters, readAgentStream } from './agent-stream-parameters.ts';
import { fileFormat, readFileFormat, readTarget, verb } from './verb.ts';

const { maxDurationS, maxParticipants, recordMinMembers } = multiPartyLimits;
const within = ({ least, most }: { readonly least: number; readonly most: number }) =>
  Type.Optional(Type.Integer({ minimum: least, maximum: most }));

/** What is asked of the multiparty call and of its participant (multiparty-calls.md §4.5). */
export const settingsParameters = {
  role: text(20),
  max_duration: within(maxDurationS),
  max_participants: within(maxParticipants),
  record_min_member_count: within(recordMinMembers),
  wait_music_url: Type.Optional(url()),
  wait_music_method: verb(),
  agent_hold_music_url: Type.Optional(url()),
  agent_hold_music_method: verb(),
  customer_hold_music_url: Type.Optional(url()),
  customer_hold_music_method: verb(),
  record: flag(),
  record_participant_track: flag(),
  record_file_format: fileFormat(),
  recording_callback_url: Type.Optional(url()),
  recording_callback_method: verb(),
  status_callback_url: Type.Optional(url()),
  status_callback_method: verb(),
  status_callback_events: Type.Optional(text(500)),
  on_exit_action_url: Type.Optional(url()),
  on_exit_action_method: verb(),
  stay_alone: flag(),
  coach_mode: flag(),
  mute: flag(),
  hold: flag(),
  start_mpc_on_enter: flag(),
  end_mpc_on_exit: flag(),
  relay_dtmf_inputs: flag(),
  enter_sound: Type.Optional(text(2_048)),
  enter_sound_method: verb(),
  exit_sound: Type.Optional(text(2_048)),
  exit_sound_method: verb(),
  start_recording_audio: Type.Optional(url()),
  start_recording_audio_method: verb(),
  stop_recording_audio: Type.Optional(url()),
  stop_recording_audio_method: verb(),
  create_mpc_with_single_participant: flag(),
  transcript: flag(),
  transcription_url: Type.Optional(url()),
  ...agentStreamParameters,
};
const shape = Type.Object(settingsParameters);
type Given = Static<typeof shape>;

export function readSettings(given: Given): MultiPartySettings {
  return {
    maxDurationMs: (given.max_duration ?? maxDurationS.default) * 1_000,
    maxParticipants: given.max_participants ?? maxParticipants.default,
    waitMusic: readTarget(given.wait_music_url, 'wait_music_method', given.wait_music_method, 'GET'),
    agentHoldMusic: readTarget(given.agent_hold_music_url, 'agent_hold_music_method', given.agent_hold_music_method, 'GET'),
    customerHoldMusic: readTarget(
      given.customer_hold_music_url,
      'customer_hold_music_method',
      given.customer_hold_music_method,
      'GET',
    ),
    record: given.record ?? false,
    recordMinMembers: given.record_min_member_count ?? recordMinMembers.default,
    recordFormat: readFileFormat('record_file_format', given.record_file_format),
    // Through the API a coach is always recorded (multiparty-calls.md §3.5).
    recordCoachVoice: true,
    recordingCallback: readTarget(
      given.recording_callback_url,
      'recording_callback_method',
      given.recording_callback_method,
      'GET',
    ),
    startRecordingAudio: readTarget(
      given.start_recording_audio,
      'start_recording_audio_method',
      given.start_recording_audio_method,
      'GET',
    ),
    stopRecordingAudio: readTarget(
      given.stop_recording_audio,
      'stop_recording_audio_method',
      given.stop_recording_audio_method,
      'GET',
    ),
    transcription: given.transcript ? { url: given.transcription_url } : undefined,
    statusCallback: readTarget(given.status_callback_url, 'status_callback_method', given.status_callback_method, 'GET'),
    statusEvents: readEvents(given.status_callback_events),
    waitForAgent: false,
  };
}

export function readParticipant(given: Given): ParticipantSettings {
  const role = readRole(given.role);
  return {
    role,
    stayAlone: given.stay_alone ?? false,
    coach: role === 'supervisor' && (given.coach_mode ?? true),
    mute: given.mute ?? false,
    hold: given.hold ?? false,
    startOnEnter: given.start_mpc_on_enter ?? true,
    endOnExit: given.end_mpc_on_exit ?? false,
    enterSound: readSound('enter_sound', given.enter_sound ?? 'beep:1', given.enter_sound_method),
    exitSound: readSound('exit_sound', given.exit_sound ?? 'beep:2', given.exit_sound_method),
    onExit: readTarget(given.on_exit_action_url, 'on_exit_action_method', given.on_exit_action_method, 'POST'),
    relayDigits: given.relay_dtmf_inputs ?? false,
    recordTrack: given.record_participant_track ?? false,
    waitTimeMs: undefined,
    agentStream: readAgentStream(given, role),
  };
}

function readRole(given: string): ParticipantRole {
  const role = participantRoles.find((each) => each === given.trim().toLowerCase());
  if (role) return role;
  throw invalidParameter('role', `role parameter is invalid: one of ${participantRoles.join(', ')} is expected`);
}

/** Names separated by commas, with spaces or without, in any case. */
function readEvents(given: string | undefined): readonly EventGroup[] {
  if (given === undefined) return defaultEventGroups;
  const names = given.split(',').map((name) => name.trim().toLowerCase());
  return names
    .filter((name) => name !== '')
    .map((name) => {
      const group = eventGroups.find((each) => each === name);
      if (group) return group;
      throw invalidParameter(
        'status_callback_events',
        `status_callback_events parameter is invalid: of ${eventGroups.join(', ')} are expected`,
      );
    });
}

function readSound(name: string, given: string, method: string | undefined): RoomSound | undefined {
  if (given === 'none') return undefined;
  if (given === 'beep:1') return { kind: 'beeps', count: 1 };
  if (given === 'beep:2') return { kind: 'beeps', count: 2 };
  const target = isWebAddress(given) ? readTarget(given, `${name}_method`, method, 'GET') : undefined;
  if (target) return { kind: 'document', target };
  throw invalidParameter(name, `${name} parameter is invalid: beep:1, beep:2, none or a URL is expected`);
}
