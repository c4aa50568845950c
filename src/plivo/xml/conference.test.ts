import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { XmlError } from './document.ts';
import { parseVoiceDocument } from './voice-document.ts';

/** A conference with these attributes, and the notes about it. */
function read(attributes: string, name: string) {
  const { elements, notes } = parseVoiceDocument(`<Response><Conference ${attributes}>${name}</Conference></Response>`);
  const [element] = elements;
  assert.ok(element?.element === 'Conference');
  return { ...element, notes };
}

function refused(xml: string, reason: RegExp): void {
  assert.throws(
    () => parseVoiceDocument(`<Response>${xml}</Response>`),
    (error) => error instanceof XmlError && reason.test(error.message),
  );
}

describe('Conference', () => {
  it('reads every attribute', () => {
    const attributes = `muted="true" enterSound="beep:1" exitSound="beep:2" startConferenceOnEnter="false"
      endConferenceOnExit="true" stayAlone="false" waitSound="https://a.example/hold" maxMembers="5" timeLimit="60"
      hangupOnStar="true" record="true" recordFileFormat="wav" action="https://a.example/left" method="GET" redirect="false"
      callbackUrl="https://a.example/room" callbackMethod="GET" digitsMatch="1,22" floorEvent="true" relayDTMF="false"`;
    const { notes, ...room } = read(attributes, ' standup room ');
    assert.deepEqual(notes, []);
    assert.deepEqual(room, {
      element: 'Conference',
      name: 'standup room',
      action: { url: 'https://a.example/left', method: 'GET' },
      redirect: false,
      muted: true,
      enterSound: 'beep:1',
      exitSound: 'beep:2',
      waitSound: 'https://a.example/hold',
      startOnEnter: false,
      endOnExit: true,
      stayAlone: false,
      maxMembers: 5,
      timeLimitMs: 60_000,
      hangupOnStar: true,
      record: 'wav',
      transcription: undefined,
      callback: { url: 'https://a.example/room', method: 'GET' },
      digitsMatch: ['1', '22'],
      floorEvent: true,
      relayDtmf: false,
    });
  });

  it('has its recording transcribed', () => {
    const room = read(
      'record="true" transcriptionType="auto" transcriptionUrl="https://a.example/text" transcriptionMethod="GET"',
      'x',
    );
    const url = { url: 'https://a.example/text', method: 'GET' };
    assert.deepEqual(room.transcription, { type: 'auto', url, reportType: 'compact' });
  });

  it('has bounds and a name', () => {
    const room = read('maxMembers="50" timeLimit="0" record="True"', 'x');
    assert.deepEqual([room.maxMembers, room.timeLimitMs, room.record, room.notes.length], [20, 86_400_000, undefined, 3]);
    assert.equal(read('record="true"', 'x').record, 'mp3');
    refused('<Conference> </Conference>', /needs the name/);
    refused(`<Conference>${'x'.repeat(256)}</Conference>`, /more than 255/);
  });
});
