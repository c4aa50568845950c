import type { ConferenceElement } from '../../voice/document.ts';
import { digitPatterns } from './dial.ts';
import type { ElementDefinition } from './element.ts';
import { transcriptionOf } from './transcription.ts';

const MAX_MEMBERS = 20;
const TIME_LIMIT_S = 86_400;
/** Names are ids in paths and columns. */
const MAX_NAME = 255;

/** Puts the call into a conference (voice-xml.md §6.13). */
export const conference: ElementDefinition<ConferenceElement> = {
  name: 'Conference',
  read(element) {
    const name = element.text();
    if (name === '') return element.refuse('needs the name of the conference');
    if (name.length > MAX_NAME) return element.refuse(`has a name of more than ${MAX_NAME} characters`);
    const format = element.choice('recordFileFormat', ['mp3', 'wav'], 'mp3');
    return {
      element: 'Conference',
      name,
      action: element.target('action', 'method'),
      redirect: element.boolean('redirect', true),
      muted: element.boolean('muted', false),
      enterSound: element.value('enterSound'),
      exitSound: element.value('exitSound'),
      waitSound: element.value('waitSound'),
      startOnEnter: element.boolean('startConferenceOnEnter', true),
      endOnExit: element.boolean('endConferenceOnExit', false),
      stayAlone: element.boolean('stayAlone', true),
      maxMembers: element.integer('maxMembers', { initial: MAX_MEMBERS, min: 1, max: MAX_MEMBERS }),
      timeLimitMs: element.seconds('timeLimit', { initial: TIME_LIMIT_S, min: 1, max: TIME_LIMIT_S }),
      hangupOnStar: element.boolean('hangupOnStar', false),
      record: element.boolean('record', false) ? format : undefined,
      transcription: transcriptionOf(element),
      callback: element.target('callbackUrl', 'callbackMethod'),
      digitsMatch: digitPatterns(element, 'digitsMatch'),
      floorEvent: element.boolean('floorEvent', false),
      relayDtmf: element.boolean('relayDTMF', true),
    };
  },
};
