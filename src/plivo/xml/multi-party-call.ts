import type { MultiPartyCallElement } from '../../voice/document.ts';
import {
  defaultEventGroups,
  type EventGroup,
  eventGroups,
  multiPartyLimits,
  participantRoles,
  type RoomSound,
} from '../../voice/multiparty/multiparty-plan.ts';
import { AGENT_STREAM_ATTRIBUTES, agentStreamOf } from './agent-stream.ts';
import { type ElementDefinition, type ElementReader, shown } from './element.ts';

/** Names are ids in paths and columns. */
const MAX_NAME = 255;

/** SDKs differ in the letter case of some (multiparty-calls.md §6.1). */
const ATTRIBUTES = [
  'role',
  'maxDuration',
  'maxParticipants',
  'recordMinMemberCount',
  'waitMusicUrl',
  'waitMusicMethod',
  'waitTime',
  'agentHoldMusicUrl',
  'agentHoldMusicMethod',
  'customerHoldMusicUrl',
  'customerHoldMusicMethod',
  'record',
  'recordFileFormat',
  'recordParticipantTrack',
  'recordCoachVoice',
  'recordingCallbackUrl',
  'recordingCallbackMethod',
  'statusCallbackUrl',
  'statusCallbackMethod',
  'statusCallbackEvents',
  'stayAlone',
  'coachMode',
  'mute',
  'hold',
  'startMpcOnEnter',
  'endMpcOnExit',
  'enterSound',
  'enterSoundMethod',
  'exitSound',
  'exitSoundMethod',
  'onExitActionUrl',
  'onExitActionMethod',
  'relayDTMFInputs',
  'startRecordingAudio',
  'startRecordingAudioMethod',
  'stopRecordingAudio',
  'stopRecordingAudioMethod',
  'transcript',
  'transcriptionUrl',
  'waitForAgent',
  ...AGENT_STREAM_ATTRIBUTES,
] as const;

/** Puts the call into a multiparty call (multiparty-calls.md §6). */
export const multiPartyCall: ElementDefinition<MultiPartyCallElement> = {
  name: 'MultiPartyCall',
  read(written) {
    const name = written.text();
    if (name === '') return written.refuse('needs the name of the multiparty call');
    if (name.length > MAX_NAME) return written.refuse(`has a name of more than ${MAX_NAME} characters`);
    const element = written.named(ATTRIBUTES);
    return {
      element: 'MultiPartyCall',
      name,
      participant: participantOf(element),
      settings: settingsOf(element),
      invitedTo: undefined,
    };
  },
};

function participantOf(element: ElementReader): MultiPartyCallElement['participant'] {
  const role = roleOf(element);
  const { waitTimeS } = multiPartyLimits;
  const waitTime = element.value('waitTime');
  return {
    role,
    stayAlone: element.boolean('stayAlone', false),
    coach: element.boolean('coachMode', true) && role === 'supervisor',
    mute: element.boolean('mute', false),
    hold: element.boolean('hold', false),
    startOnEnter: element.boolean('startMpcOnEnter', true),
    endOnExit: element.boolean('endMpcOnExit', false),
    enterSound: soundOf(element, 'enterSound', 1),
    exitSound: soundOf(element, 'exitSound', 2),
    onExit: element.target('onExitActionUrl', 'onExitActionMethod'),
    relayDigits: element.boolean('relayDTMFInputs', false),
    recordTrack: element.boolean('recordParticipantTrack', false),
    // No wait is what SDKs write where none was asked for.
    waitTimeMs:
      waitTime === undefined
        ? undefined
        : element.seconds('waitTime', { initial: 0, min: waitTimeS.least, max: waitTimeS.most }) || undefined,
    agentStream: agentStreamOf(element, role),
  };
}

function settingsOf(element: ElementReader): MultiPartyCallElement['settings'] {
  const { maxDurationS, maxParticipants, recordMinMembers } = multiPartyLimits;
  return {
    maxDurationMs: element.seconds('maxDuration', bounds(maxDurationS)),
    maxParticipants: element.integer('maxParticipants', bounds(maxParticipants)),
    waitMusic: element.target('waitMusicUrl', 'waitMusicMethod', 'GET'),
    agentHoldMusic: element.target('agentHoldMusicUrl', 'agentHoldMusicMethod', 'GET'),
    customerHoldMusic: element.target('customerHoldMusicUrl', 'customerHoldMusicMethod', 'GET'),
    record: element.boolean('record', false),
    recordMinMembers: element.integer('recordMinMemberCount', bounds(recordMinMembers)),
    recordFormat: element.choice('recordFileFormat', ['mp3', 'wav'], 'mp3'),
    recordCoachVoice: element.boolean('recordCoachVoice', true),
    recordingCallback: element.target('recordingCallbackUrl', 'recordingCallbackMethod'),
    startRecordingAudio: element.target('startRecordingAudio', 'startRecordingAudioMethod', 'GET'),
    stopRecordingAudio: element.target('stopRecordingAudio', 'stopRecordingAudioMethod', 'GET'),
    transcription: element.boolean('transcript', false) ? { url: element.value('transcriptionUrl') } : undefined,
    statusCallback: element.target('statusCallbackUrl', 'statusCallbackMethod'),
    statusEvents: eventsOf(element),
    waitForAgent: element.boolean('waitForAgent', false),
  };
}

const bounds = (limits: { readonly least: number; readonly most: number; readonly default: number }) => ({
  initial: limits.default,
  min: limits.least,
  max: limits.most,
});

function roleOf(element: ElementReader): MultiPartyCallElement['participant']['role'] {
  const value = element.required('role');
  const role = participantRoles.find((known) => known === value.toLowerCase());
  return role ?? element.refuse(`has role="${shown(value)}", which is none of ${participantRoles.join(', ')}`);
}

function soundOf(element: ElementReader, name: 'enterSound' | 'exitSound', initial: 1 | 2): RoomSound | undefined {
  const value = element.raw(name) ?? '';
  if (value === '') return { kind: 'beeps', count: initial };
  if (value.toLowerCase() === 'none') return undefined;
  if (/^beep:[12]$/i.test(value)) return { kind: 'beeps', count: value.endsWith('1') ? 1 : 2 };
  return { kind: 'document', target: { url: value, method: element.method(`${name}Method`, 'GET') } };
}

function eventsOf(element: ElementReader): readonly EventGroup[] {
  const value = element.value('statusCallbackEvents');
  if (value === undefined) return defaultEventGroups;
  const wanted: EventGroup[] = [];
  for (const name of value.split(',').map((each) => each.trim().toLowerCase())) {
    const group = eventGroups.find((known) => known === name);
    if (group) wanted.push(group);
    else element.note(`ignores "${shown(name)}" in statusCallbackEvents: it is none of ${eventGroups.join(', ')}`);
  }
  return wanted;
}
