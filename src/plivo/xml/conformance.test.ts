import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conformanceDocuments } from '../../../testkit/voice-documents.ts';
import type { VoiceElement } from '../../voice/document.ts';
import { parseVoiceDocument } from './voice-document.ts';

const read = (xml: string) => parseVoiceDocument(Buffer.from(xml));

const speak = (text: string, loop = 1): VoiceElement => ({
  element: 'Speak',
  voice: 'WOMAN',
  language: 'en-US',
  loop,
  content: [text],
});
const post = (url: string) => ({ url, method: 'POST' });
const documents = conformanceDocuments();

describe('the conformance documents', () => {
  it('lazy answer', () => {
    assert.deepEqual(read(documents.lazyAnswer), {
      elements: [
        { element: 'Wait', lengthMs: 3_000, minSilenceMs: undefined, beep: undefined },
        speak('You have reached the lab.', 2),
      ],
      notes: [],
    });
  });

  it('rejection', () => {
    assert.deepEqual(read(documents.rejection).elements, [
      { element: 'Hangup', reason: 'busy', scheduleMs: 0 },
      speak('never heard'),
    ]);
  });

  it('early media', () => {
    assert.deepEqual(read(documents.earlyMedia).elements, [
      {
        element: 'PreAnswer',
        children: [
          speak('Please hold.'),
          { element: 'Wait', lengthMs: 1_000, minSilenceMs: undefined, beep: undefined },
          { element: 'Play', url: 'https://cdn.example.net/ring.mp3', loop: 1 },
        ],
      },
      speak('Connected.'),
    ]);
  });

  it('keypad menu', () => {
    assert.deepEqual(read(documents.keypadMenu).elements, [
      {
        element: 'GetDigits',
        action: post('https://ivr.example.net/menu?step=1&lang=en'),
        redirect: true,
        timeoutMs: 4_000,
        digitTimeoutMs: 2_000,
        finishOnKey: '#',
        numDigits: 1,
        retries: 2,
        playBeep: false,
        validDigits: '12',
        invalidDigitsSound: 'https://cdn.example.net/no.wav',
        log: true,
        prompts: [speak('Press one or two.')],
      },
      speak('Goodbye.'),
      { element: 'Hangup', reason: undefined, scheduleMs: 0 },
    ]);
  });

  it('speech or keys', () => {
    assert.deepEqual(read(documents.speechOrKeys).elements[0], {
      element: 'GetInput',
      action: post('https://ivr.example.net/said#rt=3000&rc=0'),
      redirect: false,
      inputs: new Set(['dtmf', 'speech']),
      executionTimeoutMs: 8_000,
      digitEndTimeoutMs: 'auto',
      speechEndTimeoutMs: 'auto',
      startInputTimeoutMs: undefined,
      finishOnKey: '#',
      numDigits: 32,
      retries: 1,
      speechModel: 'default',
      hints: ['sales', 'support'],
      language: 'en-US',
      profanityFilter: false,
      interimResults: post('https://ivr.example.net/interim'),
      log: false,
      prompts: [{ element: 'Play', url: 'https://cdn.example.net/ask.mp3', loop: 1 }],
    });
  });

  const plainTarget = {
    sendDigits: undefined,
    sendOnPreanswer: false,
    sendDigitsMethod: 'inband',
    callerId: undefined,
    callerName: undefined,
    headers: {},
    credentials: undefined,
  };

  it('simultaneous ring with confirmation', () => {
    assert.deepEqual(read(documents.simultaneousRing).elements[0], {
      element: 'Dial',
      action: post('https://ivr.example.net/done'),
      redirect: true,
      timeoutMs: 20_000,
      timeLimitMs: 14_400_000,
      callerId: '14155550100',
      callerName: undefined,
      hangupOnStar: false,
      confirmSound: 'https://ivr.example.net/confirm',
      confirmKey: '5',
      confirmTimeoutMs: 120_000,
      dialMusic: { kind: 'ringback' },
      callback: post('https://ivr.example.net/legs'),
      digitsMatch: [],
      digitsMatchBLeg: ['99'],
      targets: [
        { ...plainTarget, kind: 'number', address: '14155550111' },
        { ...plainTarget, kind: 'number', address: '14155550112', sendDigits: 'ww42#' },
      ],
    });
  });

  it('sequential hunt then voicemail', () => {
    const [first, second, record] = read(documents.sequentialHunt).elements;
    assert.ok(first?.element === 'Dial' && second?.element === 'Dial');
    assert.deepEqual([first.redirect, first.timeoutMs, first.action], [false, 10_000, post('https://ivr.example.net/try1')]);
    assert.deepEqual([second.redirect, second.action], [true, undefined]);
    assert.deepEqual(record, {
      element: 'Record',
      action: post('https://ivr.example.net/vm'),
      redirect: false,
      fileFormat: 'mp3',
      timeoutMs: 15_000,
      maxLengthMs: 30_000,
      playBeep: true,
      finishOnKey: '*',
      mode: 'prompted',
      channels: 'stereo',
      callback: post('https://ivr.example.net/vmfile'),
      transcription: { type: 'auto', url: post('https://ivr.example.net/text'), reportType: 'compact' },
    });
  });

  it('SIP leg with headers and session recording', () => {
    const { elements, notes } = read(documents.sipLeg);
    const [record, dial] = elements;
    assert.ok(record?.element === 'Record' && dial?.element === 'Dial');
    assert.deepEqual([record.mode, record.playBeep, record.maxLengthMs], ['dial-answer', false, 3_600_000]);
    assert.deepEqual(dial.dialMusic, { kind: 'real' });
    assert.deepEqual(dial.targets, [
      {
        ...plainTarget,
        kind: 'user',
        address: 'sip:desk7@pbx.example.net',
        headers: { Ticket: 'A17' },
        credentials: { username: 'lab', password: 's3cretpass' },
      },
    ]);
    assert.deepEqual(notes, ['3:60: <Dial> drops a header: the name Plivo-x is reserved']);
  });

  it('speech markup, kept for the voice that understands it and read flat by the other', () => {
    const [spoken] = read(documents.speechMarkup).elements;
    assert.ok(spoken?.element === 'Speak');
    assert.deepEqual(spoken, {
      element: 'Speak',
      voice: 'Polly.Joanna',
      language: 'en-US',
      loop: 1,
      content: [
        'Code ',
        { name: 'say-as', attributes: { 'interpret-as': 'digits' }, content: ['4711'] },
        { name: 'break', attributes: { time: '400ms' }, content: [] },
        { name: 'prosody', attributes: { rate: 'slow', volume: 'loud' }, content: ['slowly'] },
        ' ',
        { name: 'sub', attributes: { alias: 'kilometres' }, content: ['km'] },
      ],
    });
    const flat = read(documents.speechMarkupReadFlat);
    assert.deepEqual(flat.elements, [speak('Code 4711 slowly km')]);
    assert.deepEqual(flat.notes, ['1:49: <Speak> reads its text without markup: only Polly voices understand that']);
  });

  it('tones, message, redirect', () => {
    assert.deepEqual(read(documents.tonesMessageRedirect).elements, [
      { element: 'DTMF', digits: '1w2W#', async: false },
      {
        element: 'Message',
        src: '14155550100',
        dst: ['14155550131', '14155550132'],
        text: 'Your ticket is open',
        callbackUrl: 'https://ivr.example.net/dlr',
        callbackMethod: 'POST',
      },
      { element: 'Redirect', target: { url: 'https://ivr.example.net/next?from=10', method: 'GET' } },
      speak('dead code'),
    ]);
  });

  it('a room with a timer', () => {
    const { elements, notes } = read(documents.roomAndTimer);
    assert.deepEqual(notes, []);
    assert.deepEqual(elements, [
      { element: 'Hangup', reason: undefined, scheduleMs: 600_000 },
      {
        element: 'Conference',
        name: 'standup',
        action: { url: 'https://ivr.example.net/left', method: 'POST' },
        redirect: true,
        muted: false,
        enterSound: undefined,
        exitSound: undefined,
        waitSound: 'https://ivr.example.net/hold',
        startOnEnter: false,
        endOnExit: false,
        stayAlone: true,
        maxMembers: 20,
        timeLimitMs: 86_400_000,
        hangupOnStar: false,
        record: undefined,
        transcription: undefined,
        callback: { url: 'https://ivr.example.net/room', method: 'POST' },
        digitsMatch: [],
        floorEvent: false,
        relayDtmf: true,
      },
    ]);
  });

  it('a multiparty call that is left for good after ten minutes', () => {
    const { elements, notes } = read(documents.multiPartyRoom);
    const [hangup, party] = elements;
    assert.deepEqual(hangup, { element: 'Hangup', reason: undefined, scheduleMs: 600_000 });
    assert.ok(party?.element === 'MultiPartyCall');
    assert.deepEqual([party.name, party.participant.role, notes], ['standup', 'customer', []]);
  });
});
