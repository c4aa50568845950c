import { notFound, Problem } from '../errors/catalogue.ts';
import type { CodeCaller } from '../verification/code-caller.ts';
import type { CallControl } from './call-control.ts';
import type { ConferenceControl } from './conferences/conference-control.ts';
import type { MultiPartyControl } from './multiparty/multiparty-control.ts';
import type { ProgramCalls } from './program-calls.ts';
import type { EndpointRegistrations } from './registrations.ts';
import type { StreamControl } from './streams/stream-control.ts';

/** What requests reach of the call engine. */
export interface VoiceServices {
  readonly calls: CallControl;
  readonly streams: StreamControl;
  readonly conferences: ConferenceControl;
  readonly multiPartyCalls: MultiPartyControl;
  readonly registrations: EndpointRegistrations;
  readonly programCalls: ProgramCalls;
  readonly codeCaller: CodeCaller;
}

const off = () => Promise.reject(new Problem('unavailable', 'no calls are made here: voice is switched off'));
const nothing = () => Promise.reject(notFound());

/** A server that makes and takes no calls: none can be placed, and none is live. */
export const voiceOff: VoiceServices = {
  calls: {
    place: off,
    transfer: nothing,
    hangUp: nothing,
    hangUpAll: () => Promise.resolve(),
    cancelRequest: nothing,
    play: nothing,
    stopPlay: nothing,
    speak: nothing,
    stopSpeak: nothing,
    sendDigits: nothing,
    startRecording: nothing,
    stopRecording: nothing,
  },
  streams: { start: nothing, stop: nothing, stopAll: nothing },
  conferences: {
    names: () => Promise.resolve([]),
    find: nothing,
    hangUp: nothing,
    hangUpAll: () => Promise.resolve(),
    hangUpMembers: nothing,
    kick: nothing,
    mute: nothing,
    deafen: nothing,
    play: nothing,
    stopPlay: nothing,
    speak: nothing,
    stopSpeak: nothing,
    startRecording: nothing,
    stopRecording: nothing,
  },
  multiPartyCalls: {
    list: () => Promise.resolve({ total: 0, items: [] }),
    find: nothing,
    activate: nothing,
    end: nothing,
    add: off,
    participants: nothing,
    participant: nothing,
    update: nothing,
    kick: nothing,
    startRecording: nothing,
    stopRecording: nothing,
    pauseRecording: nothing,
    resumeRecording: nothing,
    startParticipantRecording: nothing,
    stopParticipantRecording: nothing,
    pauseParticipantRecording: nothing,
    resumeParticipantRecording: nothing,
    play: nothing,
    stopPlay: nothing,
    speak: nothing,
    stopSpeak: nothing,
    seatsOf: () => Promise.resolve([]),
    whereabouts: () => Promise.resolve('gone'),
    giveUp: () => Promise.resolve(false),
  },
  registrations: { of: () => Promise.resolve(new Map()), drop: () => Promise.resolve() },
  programCalls: { start: off },
  codeCaller: { speakCode: off },
};
