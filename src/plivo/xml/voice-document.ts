import type { Prompt, VoiceDocument, VoiceElement } from '../../voice/document.ts';
import { conference } from './conference.ts';
import { dial } from './dial.ts';
import { childrenOf, parseDocument, textOf, XmlError } from './document.ts';
import { dtmf } from './dtmf.ts';
import type { ElementDefinition } from './element.ts';
import { getDigits } from './get-digits.ts';
import { getInput } from './get-input.ts';
import { hangup } from './hangup.ts';
import { message } from './message.ts';
import { multiPartyCall } from './multi-party-call.ts';
import { play } from './play.ts';
import { preAnswer } from './pre-answer.ts';
import { prompts } from './prompts.ts';
import { record } from './record.ts';
import { redirect } from './redirect.ts';
import { type ResponseDocument, readResponse } from './response.ts';
import { speak } from './speak.ts';
import { stream } from './stream.ts';
import { wait } from './wait.ts';

/** Every element that a call can run. A new one is a file that defines it and its line here. */
const voiceElements: readonly ElementDefinition<VoiceElement | undefined>[] = [
  speak,
  play,
  wait,
  dtmf,
  preAnswer,
  getDigits,
  getInput,
  record,
  dial,
  conference,
  redirect,
  hangup,
  message,
  multiPartyCall,
  stream,
];

const known = new Set(voiceElements.map(({ name }) => name));

/**
 * Reads the document that a call is to run (voice-xml.md §5, §6), from its bytes. It is checked as a whole before any of it runs.
 *
 * @throws XmlError what ends the call with code 8011 to 8014, naming line, column, element and attribute
 */
export function parseVoiceDocument(source: string | Uint8Array): VoiceDocument {
  const root = parseDocument(source);
  const document = readResponse(root, voiceElements);
  const children = childrenOf(root);
  const rejected = children.find(({ name }) => name === 'Reject');
  if (rejected) {
    const reason = '<Reject> is not of this language: <Hangup reason="rejected"/> rejects a call';
    throw new XmlError(reason, rejected.line, rejected.column);
  }
  const holdsSomething = children.length > 0 || textOf(root) !== '';
  if (holdsSomething && !children.some(({ name }) => known.has(name)))
    throw new XmlError('<Response> holds no element that is known', root.line, root.column);
  return document;
}

/**
 * Reads the document behind dialMusic or confirmSound: what can be heard, and nothing else of it.
 *
 * @throws XmlError
 */
export function parseSoundDocument(source: string | Uint8Array): ResponseDocument<Prompt> {
  return readResponse(parseDocument(source), prompts);
}
