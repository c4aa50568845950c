import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type TSchema, Type } from 'typebox';
import { isWebAddress, MAX_WEB_ADDRESS } from '../delivery/web-address.ts';
import { Problem } from '../errors/catalogue.ts';
import { asyncParameters, readCallback } from './async-request.ts';
import { commands } from './commands.ts';
import { DESCRIBED_URL } from './fields.ts';
import { readInvite } from './multiparty-calls/invite-parameters.ts';
import { readParticipant } from './multiparty-calls/settings-parameters.ts';
import { parameterReader } from './parameters.ts';
import { isStreamUrl } from './streams/stream-limits.ts';
import { readImageUrls } from './tollfree-verifications/tollfree-verification-object.ts';

const URLS = [
  'http://127.0.0.1:9/answer',
  'https://app.example/a?b=c#rt=1',
  'http://user:secret@app.example/',
  'http://[::1]:8080/x',
  'http://bücher.example/',
  'https://app_1.example',
];
/** What begins as one. An http URL without host is none (RFC 9110 §4.2.1). */
const NO_URLS = [
  'http://',
  'http://[',
  'https://[::1',
  'http:///x',
  'http://\\x',
  'http://?x',
  'http://#x',
  'http://:80/',
  'http://a b/',
  'http://127.0.0.1:99999/',
  'http://1.2.3.999/',
  'http://a<b/',
];

const refusal = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof Problem && error.code === 'invalid_parameter', String(error));
    return `${error.parameter}: ${error.message}`;
  }
  return 'taken';
};

/** Every parameter of the API that takes a URL of HTTP and no other. */
const found = commands.flatMap(({ name: command, parameters }) =>
  Object.entries<TSchema>(parameters.properties).flatMap(([name, schema]) => {
    const read = parameterReader(Type.Object({ [name]: schema }));
    const takes = (value: string) => refusal(() => read({ [name]: value })) === 'taken';
    return takes('http://a.b/c') && !takes('ftp://a.b/c') ? [{ command, name, read }] : [];
  }),
);

describe('a parameter for a URL takes URLs alone, and is named where it is given something else', () => {
  for (const { command, name, read } of found) {
    it(`${command}: ${name}`, () => {
      for (const url of URLS)
        assert.equal(
          refusal(() => read({ [name]: url })),
          'taken',
          url,
        );
      for (const url of NO_URLS) {
        const said = refusal(() => read({ [name]: url }));
        assert.ok(said.startsWith(`${name}: ${name} parameter is invalid: `), `${url}: ${said}`);
      }
      for (const url of ['http://[', 'ftp://x', 'http:///x', 'nonsense']) {
        assert.match(
          refusal(() => read({ [name]: url })),
          /: (a URL is expected|an item of the array is not what is expected)$/,
        );
      }
      assert.match(
        refusal(() => read({ [name]: `http://x/${'a'.repeat(MAX_WEB_ADDRESS)}` })),
        /2048 characters|an item of the array/,
      );
    });
  }

  it('such parameters are found in every family', () => {
    const names = new Set(found.map(({ command, name }) => `${command} ${name}`));
    for (const expected of [
      'make-call ring_url',
      'make-call hangup_url',
      'make-call fallback_url',
      'make-call machine_detection_url',
      'transfer-call bleg_url',
      'play-audio urls',
      'record-call callback_url',
      'record-call transcription_url',
      'record-conference callback_url',
      'record-conference transcription_url',
      'play-conference-audio url',
      'add-participant wait_music_url',
      'add-participant start_recording_audio',
      'add-participant confirm_key_sound_url',
      'play-to-member urls',
      'start-stream status_callback_url',
      'create-application message_url',
      'update-application fallback_answer_url',
      'create-transcription transcription_callback_url',
      'send-message url',
      'send-message media_urls',
      'create-masking-session recording_callback_url',
      'create-masking-session pin_prompt_play',
      'create-verify-session url',
      'update-number caller_reputation_callback_url',
      'create-brand url',
    ]) {
      assert.ok(names.has(expected), expected);
    }
  });

  it('several URLs: one that is none is enough', () => {
    const read = found.find(({ name }) => name === 'urls')?.read ?? assert.fail();
    assert.match(
      refusal(() => read({ urls: ['http://a.b/c', 'http://['] })),
      /^urls: urls parameter is invalid/,
    );
    assert.match(
      refusal(() => read({ urls: 'http://a.b/c,http://[' })),
      /^urls: urls parameter is invalid/,
    );
  });

  it('callback_url of an asynchronous request', () => {
    for (const url of URLS) assert.equal(readCallback({ callback_url: url })?.url, url);
    for (const url of NO_URLS) {
      assert.match(
        refusal(() => readCallback({ callback_url: url })),
        /^callback_url: callback_url parameter is invalid/,
        url,
      );
    }
  });

  it('parameters that take a URL among other things', () => {
    const invite = (dial_music: string) => readInvite({ role: 'agent', from: '14155550100', to: '14155550101', dial_music });
    const participant = (change: object) => readParticipant({ role: 'agent', ...change });
    const readers: Readonly<Record<string, (url: string) => unknown>> = {
      dial_music: invite,
      enter_sound: (url) => participant({ enter_sound: url }),
      exit_sound: (url) => participant({ exit_sound: url }),
      optin_image_url: (url) => readImageUrls(`http://a.b/c,${url}`),
    };
    for (const [name, read] of Object.entries(readers)) {
      for (const url of URLS)
        assert.equal(
          refusal(() => read(url)),
          'taken',
          `${name} ${url}`,
        );
      for (const url of NO_URLS)
        assert.match(
          refusal(() => read(url)),
          new RegExp(`^${name}: ${name} parameter is invalid`),
          url,
        );
    }
  });

  it('URLs of streams', () => {
    for (const url of URLS) assert.ok(isStreamUrl(url.replace('http', 'ws')), url);
    for (const url of NO_URLS) assert.ok(!isStreamUrl(url.replace('http', 'ws')), url);
  });
});

it('every URL of the form that the OpenAPI document describes is taken', () => {
  const described = JSON.stringify(asyncParameters('json'));
  assert.ok(described.includes(JSON.stringify(DESCRIBED_URL)), described);
  fc.assert(
    fc.property(fc.stringMatching(new RegExp(DESCRIBED_URL)), (url) => isWebAddress(url.slice(0, MAX_WEB_ADDRESS))),
    { numRuns: 2_000 },
  );
});
