import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  DtmfElement,
  GetDigitsElement,
  GetInputElement,
  HangupElement,
  PlayElement,
  RecordElement,
  RedirectElement,
  SpeakElement,
  VoiceElement,
  WaitElement,
} from '../../voice/document.ts';
import { XmlError } from './document.ts';
import { parseVoiceDocument } from './voice-document.ts';

interface ByName {
  readonly Speak: SpeakElement;
  readonly Play: PlayElement;
  readonly Wait: WaitElement;
  readonly DTMF: DtmfElement;
  readonly GetDigits: GetDigitsElement;
  readonly GetInput: GetInputElement;
  readonly Record: RecordElement;
  readonly Redirect: RedirectElement;
  readonly Hangup: HangupElement;
}
const isNamed = <Name extends keyof ByName>(element: VoiceElement | undefined, name: Name): element is ByName[Name] =>
  element?.element === name;

/** One element with these attributes, and the notes about it without their place. */
function read<Name extends keyof ByName>(name: Name, attributes = '', inner = ''): ByName[Name] & { notes: string[] } {
  const { elements, notes } = parseVoiceDocument(`<Response><${name} ${attributes}>${inner}</${name}></Response>`);
  const [element] = elements;
  assert.ok(isNamed(element, name));
  return { ...element, notes: notes.map((note) => note.replace(/^\d+:\d+: /, '')) };
}
function refused(xml: string, reason: RegExp): void {
  assert.throws(
    () => parseVoiceDocument(`<Response>${xml}</Response>`),
    (error) => error instanceof XmlError && reason.test(error.message),
  );
}
const getInput = (attributes = '') => read('GetInput', `action="https://a.example/" ${attributes}`);

describe('attributes', () => {
  it('that are boolean are true by "true" alone', () => {
    const redirect = (value: string) => read('GetDigits', `redirect="${value}"`).redirect;
    assert.equal(read('GetDigits').redirect, true);
    assert.equal(redirect('true'), true);
    for (const value of ['false', 'none', '', 'True', 'TRUE', '1', 'yes', ' true ']) assert.equal(redirect(value), false, value);
    assert.deepEqual(read('GetDigits', 'redirect="True"').notes, [
      '<GetDigits> reads redirect="True" as false: only true is true',
    ]);
    assert.deepEqual(read('GetDigits', 'redirect="none" log="false"').notes, []);
  });

  it('that are numbers take their default when they are none, and stay within bounds', () => {
    const numDigits = (value: string) => read('GetDigits', `numDigits="${value}"`).numDigits;
    assert.deepEqual(['4', ' 4 ', '+4', '04'].map(numDigits), [4, 4, 4, 4]);
    assert.deepEqual(['', 'none', 'many', '4.5', '4s', '1e1', '0', '-3'].map(numDigits), Array(8).fill(99));
    assert.equal(numDigits('100000'), 99);
    assert.equal(getInput('executionTimeout="1"').executionTimeoutMs, 5_000);
    assert.deepEqual(read('GetDigits', 'numDigits="many"').notes, ['<GetDigits> reads numDigits="many" as 99']);
    assert.deepEqual(read('GetDigits', 'numDigits=""').notes, []);
  });

  it('that are methods are POST unless told otherwise, upper-case, and judged only when they are used', () => {
    const method = (value: string) => read('GetDigits', `action="https://a.example/" method="${value}"`).action?.method;
    assert.deepEqual(['', 'none', 'GET', 'get', 'post', 'put'].map(method), ['POST', 'POST', 'GET', 'GET', 'POST', 'PUT']);
  });

  it('that are URLs stay as they are written, and judged only when they are used', () => {
    const action = (value: string) => read('GetDigits', `action="${value}"`).action?.url;
    const urls = [' https://a.example/x y?b=1&amp;c#rt=1 ', 'ftp://a/b', '/relative'];
    assert.deepEqual(urls.map(action), ['https://a.example/x y?b=1&c#rt=1', 'ftp://a/b', '/relative']);
    assert.deepEqual(['', 'none'].map(action), [undefined, undefined]);
  });

  it('that nobody knows are passed over in silence', () => {
    assert.deepEqual(read('Speak', 'legs="aleg" LOOP="3"', 'x'), {
      element: 'Speak',
      voice: 'WOMAN',
      language: 'en-US',
      loop: 1,
      content: ['x'],
      notes: [],
    });
  });
});

describe('Speak', () => {
  it('has a voice and a language that go together', () => {
    const pair = (voice: string, language: string) => {
      const { voice: read1, language: read2 } = read('Speak', `voice="${voice}" language="${language}"`, 'x');
      return [read1, read2];
    };
    assert.deepEqual(pair('MAN', 'pt-PT'), ['MAN', 'pt-PT']);
    assert.deepEqual(pair('woman', 'de-de'), ['WOMAN', 'de-DE']);
    assert.deepEqual(pair('Polly.Vitória', 'pt-BR'), ['Polly.Vitória', 'pt-BR']);
    assert.deepEqual(pair('Polly.Vicki', ''), ['Polly.Vicki', 'de-DE']);
    assert.deepEqual(pair('none', 'none'), ['WOMAN', 'en-US']);
    for (const [voice, language] of [
      ['WOMAN', 'pt-PT'],
      ['MAN', 'hi-IN'],
      ['Polly.Hans', 'en-US'],
      ['ROBOT', 'en-US'],
      ['WOMAN', 'xx-XX'],
    ] as const) {
      refused(`<Speak voice="${voice}" language="${language}">x</Speak>`, /<Speak> has a voice or language that cannot be had: /);
    }
  });

  it('is repeated: once, a number of times, or until the call ends', () => {
    const loop = (value: string) => read('Speak', `loop="${value}"`, 'x').loop;
    assert.deepEqual(['', '3', '0', 'none', '-1', 'often'].map(loop), [1, 3, 0, 0, 1, 1]);
  });

  it('collapses whitespace and keeps the order of text and markup', () => {
    assert.deepEqual(read('Speak', '', '\n   Hello,\n\t world. <![CDATA[ 1 < 2 ]]>\n').content, ['Hello, world. 1 < 2']);
    assert.deepEqual(read('Speak', 'voice="Polly.Amy" language="en-GB"', ' a <break/> b <s> c </s>\n').content, [
      'a ',
      { name: 'break', attributes: {}, content: [] },
      'b ',
      { name: 's', attributes: {}, content: ['c'] },
    ]);
  });

  it('says nothing when it is empty', () => {
    assert.deepEqual(read('Speak').content, []);
    assert.deepEqual(read('Speak').notes, ['<Speak> has no text']);
    assert.equal(read('Speak', 'voice="Polly.Joanna"', '<break time="1s"/>').content.length, 1);
  });

  it('has no more than 3000 characters', () => {
    assert.equal(read('Speak', '', 'x'.repeat(3_000)).content.length, 1);
    refused(`<Speak>${'x'.repeat(3_001)}</Speak>`, /3001 characters; 3000 are the most/);
  });

  it('may hold only the markup that voices understand, in its order', () => {
    const polly = (inner: string) => `<Speak voice="Polly.Joanna">${inner}</Speak>`;
    refused(polly('<p><p>x</p></p>'), /<Speak> cannot be spoken: <p> cannot stand in <p>/);
    refused(polly('<prosody rate="warp">x</prosody>'), /rate="warp" of <prosody>/);
    refused(polly('<say-as>x</say-as>'), /needs the attribute interpret-as/);
    const { content, notes } = read(
      'Speak',
      'voice="Polly.Joanna"',
      '<speak>a <amazon:effect name="whispered">b</amazon:effect></speak>',
    );
    assert.deepEqual(content, ['a b']);
    assert.deepEqual(notes, ['<Speak> reads over markup that no voice understands: amazon:effect']);
    assert.deepEqual(read('Speak', '', '<p><p>nothing in it</p> can be wrong</p>').content, ['nothing in it can be wrong']);
  });
});

describe('Play', () => {
  it('has the URL of a file, which may turn out not to be one', () => {
    const { url, loop } = read('Play', 'loop="0"', '\n https://a.example/b.mp3 \n');
    assert.deepEqual([url, loop], ['https://a.example/b.mp3', 0]);
    assert.equal(read('Play', '', 'hold music').url, 'hold music');
    refused('<Play> </Play>', /<Play> has no URL/);
  });
});

describe('Wait', () => {
  it('lasts a second unless told otherwise', () => {
    const { lengthMs, minSilenceMs, beep } = read('Wait');
    assert.deepEqual([lengthMs, minSilenceMs, beep], [1_000, undefined, undefined]);
    assert.deepEqual(
      ['10', '0', '999999999'].map((value) => read('Wait', `length="${value}"`).lengthMs),
      [10_000, 1_000, 86_400_000],
    );
  });

  it('may end by silence, of 2 seconds unless told otherwise', () => {
    const minSilence = (attributes: string) => read('Wait', `length="10" ${attributes}`).minSilenceMs;
    assert.equal(minSilence('silence="true"'), 2_000);
    assert.equal(minSilence('silence="true" minSilence="500"'), 500);
    assert.equal(minSilence('silence="true" min_silence="700"'), 700);
    assert.equal(minSilence('minSilence="500"'), undefined);
    assert.equal(minSilence('silence="false" minSilence="500"'), undefined);
  });

  it('does not end by a silence that is longer than itself', () => {
    const wait = read('Wait', 'silence="true"');
    assert.equal(wait.minSilenceMs, undefined);
    assert.match(wait.notes.join(), /waits its whole length/);
  });

  it('may end by a beep', () => {
    const beep = (value: string) => read('Wait', `beep="${value}"`).beep;
    const standard = { durationMs: 300, interSilenceMs: 50, intraSilenceMs: 500, threshold: 256 };
    assert.deepEqual(beep('true'), standard);
    assert.deepEqual(beep('duration=200, inter_silence=40,intra_silence=400,threshold=100'), {
      durationMs: 200,
      interSilenceMs: 40,
      intraSilenceMs: 400,
      threshold: 100,
    });
    assert.deepEqual(beep('duration=200'), { ...standard, durationMs: 200 });
    assert.deepEqual(beep('duration=long,toString=1'), standard);
    assert.deepEqual([beep('false'), beep('none'), beep('')], [undefined, undefined, undefined]);
    const both = read('Wait', 'length="9" silence="true" beep="true"');
    assert.deepEqual([both.beep, both.minSilenceMs], [undefined, 2_000]);
    assert.deepEqual(both.notes, ['<Wait> ignores beep: it waits for silence']);
  });
});

describe('DTMF', () => {
  it('has tones and pauses, sent in the background unless told otherwise', () => {
    assert.deepEqual(read('DTMF', '', ' 12 W*#\nw '), { element: 'DTMF', digits: '12W*#w', async: true, notes: [] });
    assert.equal(read('DTMF', 'async="false"', '1').async, false);
    for (const digits of ['', 'A', '1-2', '1,2']) refused(`<DTMF>${digits}</DTMF>`, /<DTMF> may hold only the digits/);
  });
});

describe('GetDigits', () => {
  it('has these defaults', () => {
    assert.deepEqual(read('GetDigits'), {
      element: 'GetDigits',
      action: undefined,
      redirect: true,
      timeoutMs: 5_000,
      digitTimeoutMs: 2_000,
      finishOnKey: '#',
      numDigits: 99,
      retries: 1,
      playBeep: false,
      validDigits: '1234567890*#',
      invalidDigitsSound: undefined,
      log: true,
      prompts: [],
      notes: [],
    });
  });

  it('ends by keys, or by none', () => {
    const keys = (value: string) => read('GetDigits', `finishOnKey="${value}"`).finishOnKey;
    assert.deepEqual(['*', '', 'none', '*#', 'x'].map(keys), ['*', '', '', '*#', '#']);
  });

  it('takes a subset of the keys', () => {
    const valid = (value: string) => read('GetDigits', `validDigits="${value}"`).validDigits;
    assert.deepEqual(['1,2,3', '11*', 'abc', 'none'].map(valid), ['123', '1*', '1234567890*#', '1234567890*#']);
  });
});

describe('GetInput', () => {
  it('has these defaults', () => {
    assert.deepEqual(getInput(), {
      element: 'GetInput',
      action: { url: 'https://a.example/', method: 'POST' },
      redirect: true,
      inputs: new Set(['dtmf', 'speech']),
      executionTimeoutMs: 15_000,
      digitEndTimeoutMs: 'auto',
      speechEndTimeoutMs: 'auto',
      startInputTimeoutMs: undefined,
      finishOnKey: '#',
      numDigits: 32,
      retries: 1,
      speechModel: 'default',
      hints: [],
      language: 'en-US',
      profanityFilter: false,
      interimResults: undefined,
      log: true,
      prompts: [],
      notes: [],
    });
    refused('<GetInput inputType="dtmf"/>', /<GetInput> needs the attribute action/);
  });

  it('takes keys, speech or both', () => {
    const inputs = (value: string) => [...getInput(`inputType="${value}"`).inputs].join();
    assert.deepEqual(['dtmf', 'speech', 'dtmf speech', 'speech dtmf', 'DTMF', 'thought'].map(inputs), [
      'dtmf',
      'speech',
      'dtmf,speech',
      'dtmf,speech',
      'dtmf',
      'dtmf,speech',
    ]);
  });

  it('has time limits within bounds', () => {
    const input = getInput('executionTimeout="90" digitEndTimeout="1" speechEndTimeout="5" startInputTimeout="7" numDigits="40"');
    assert.deepEqual(
      [input.executionTimeoutMs, input.digitEndTimeoutMs, input.speechEndTimeoutMs, input.startInputTimeoutMs, input.numDigits],
      [60_000, 2_000, 5_000, 7_000, 32],
    );
    assert.equal(getInput('digitEndTimeout="soon"').digitEndTimeoutMs, 'auto');
  });

  it('has hints as many and as long as are of use', () => {
    assert.deepEqual(getInput('hints=" a b ,, c"').hints, ['a b', 'c']);
    const many = getInput(`hints="${'word,'.repeat(600)}${'x'.repeat(101)}"`);
    assert.equal(many.hints.length, 500);
    assert.match(many.notes.join(), /uses 500 of 601 hints/);
    assert.equal(getInput(`hints="${`${'x'.repeat(100)},`.repeat(200)}"`).hints.length, 100);
  });

  it('has a model of speech', () => {
    assert.equal(getInput('speechModel="phone_call" language="de-DE" profanityFilter="true"').speechModel, 'phone_call');
    assert.equal(getInput('speechModel="telepathy"').speechModel, 'default');
  });
});

describe('Record', () => {
  it('has these defaults', () => {
    assert.deepEqual(read('Record'), {
      element: 'Record',
      action: undefined,
      redirect: true,
      fileFormat: 'mp3',
      timeoutMs: 15_000,
      maxLengthMs: 60_000,
      playBeep: true,
      finishOnKey: '#',
      mode: 'prompted',
      channels: 'stereo',
      callback: undefined,
      transcription: undefined,
      notes: [],
    });
  });

  it('in the background ends by no key and beeps for nobody', () => {
    const mode = (attributes: string) => {
      const record = read('Record', `${attributes} playBeep="true" finishOnKey="*"`);
      return [record.mode, record.playBeep, record.finishOnKey];
    };
    assert.deepEqual(mode('recordSession="true"'), ['session', false, '']);
    assert.deepEqual(mode('startOnDialAnswer="true"'), ['dial-answer', false, '']);
    assert.deepEqual(mode('recordSession="true" startOnDialAnswer="true"'), ['dial-answer', false, '']);
    assert.deepEqual(mode('recordSession="false"'), ['prompted', true, '*']);
  });

  it('has a format, channels and a transcription of the kinds there are', () => {
    const record = read(
      'Record',
      'fileFormat="wav" recordChannelType="mono" transcriptionType="hybrid" transcriptionReportType="full" ' +
        'transcriptionUrl="https://a.example/t" transcriptionMethod="GET"',
    );
    assert.deepEqual([record.fileFormat, record.channels], ['wav', 'mono']);
    assert.deepEqual(record.transcription, {
      type: 'hybrid',
      url: { url: 'https://a.example/t', method: 'GET' },
      reportType: 'full',
    });
    const other = read('Record', 'fileFormat="ogg" transcriptionUrl="https://a.example/t"');
    assert.deepEqual([other.fileFormat, other.transcription], ['mp3', undefined]);
    assert.deepEqual(other.notes, ['<Record> ignores fileFormat="ogg": it is none of mp3, wav']);
  });
});

describe('Redirect', () => {
  it('may lead nowhere: that fails when it runs', () => {
    assert.deepEqual(read('Redirect', '', ' https://a.example/ ').target, { url: 'https://a.example/', method: 'POST' });
    assert.deepEqual(read('Redirect', 'method="PATCH"').target, { url: '', method: 'PATCH' });
  });
});

describe('Hangup', () => {
  it('is now or later, and may be a rejection', () => {
    const hangup = (attributes: string) => {
      const { reason, scheduleMs } = read('Hangup', attributes);
      return [reason, scheduleMs];
    };
    assert.deepEqual(hangup(''), [undefined, 0]);
    assert.deepEqual(hangup('reason="rejected"'), ['rejected', 0]);
    assert.deepEqual(hangup('reason="tired"'), [undefined, 0]);
    assert.deepEqual(hangup('schedule="60" reason="busy"'), [undefined, 60_000]);
    assert.deepEqual(hangup('schedule="0" reason="busy"'), ['busy', 0]);
  });
});
