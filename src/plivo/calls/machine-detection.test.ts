import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type ApiClient, createTenant } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { RecordedCalls } from '../../../testkit/recorded-calls.ts';

const MINIMAL = { from: '+14155550100', to: '14155550123', answer_url: 'http://127.0.0.1:9/answer' };
const CALLBACK = 'http://127.0.0.1:9/machine';
const DEFAULTS = { windowMs: 5000, initialSilenceMs: 4500, greetingMs: 1500, speechMs: 5000, words: 3, silenceMs: 800 };

describe('machine detection of a call over the API', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  const voice = new RecordedCalls();
  before(async () => {
    fixture = await createPlivoFixture({ voice });
    api = await createTenant(fixture, 'Voice');
  });
  after(() => fixture.close());
  beforeEach(() => void voice.taken());

  async function machineOf(given: Record<string, unknown>): Promise<unknown> {
    const { status } = await api.post('Call/', { ...MINIMAL, ...given });
    assert.equal(status, 201, JSON.stringify(given));
    const [, request] = voice.taken();
    assert.ok(typeof request === 'object' && request !== null && 'machine' in request);
    return request.machine;
  }

  it('is off unless machine_detection says so, whatever else an SDK sends', async () => {
    for (const given of [
      {},
      { machine_detection_time: 5000, machine_detection_method: 'POST' },
      { machine_detection_url: CALLBACK },
      { machine_detection: 'false', machine_detection_url: CALLBACK },
      { machine_detection: false },
    ]) {
      assert.equal(await machineOf(given), undefined, JSON.stringify(given));
    }
  });

  it('has its defaults, and goes on or hangs up', async () => {
    for (const [given, ifMachine] of [
      ['true', 'continue'],
      [true, 'continue'],
      ['hangup', 'hangup'],
    ] as const) {
      assert.deepEqual(await machineOf({ machine_detection: given }), { ifMachine, callback: undefined, answer: DEFAULTS });
    }
  });

  it('takes every setting, and a callback', async () => {
    const given = {
      machine_detection: 'true',
      machine_detection_time: '10000',
      machine_detection_url: CALLBACK,
      machine_detection_method: 'GET',
      machine_detection_maximum_speech_length: 6000,
      machine_detection_initial_silence: 2000,
      machine_detection_maximum_words: 10,
      machine_detection_initial_greeting: 1000,
      machine_detection_silence: 500,
    };
    assert.deepEqual(await machineOf(given), {
      ifMachine: 'continue',
      callback: { url: CALLBACK, method: 'GET' },
      answer: { windowMs: 10_000, initialSilenceMs: 2_000, greetingMs: 1_000, speechMs: 6_000, words: 10, silenceMs: 500 },
    });
  });

  it('names the setting that is out of its bounds', async () => {
    for (const [name, value] of [
      ['machine_detection', 'maybe'],
      ['machine_detection_time', 1_999],
      ['machine_detection_time', 10_001],
      ['machine_detection_maximum_speech_length', 999],
      ['machine_detection_maximum_speech_length', 6_001],
      ['machine_detection_initial_silence', 1_999],
      ['machine_detection_initial_silence', 10_001],
      ['machine_detection_maximum_words', 1],
      ['machine_detection_maximum_words', 11],
      ['machine_detection_initial_greeting', 999],
      ['machine_detection_initial_greeting', 5_001],
      ['machine_detection_silence', 499],
      ['machine_detection_silence', 5_001],
      ['machine_detection_url', 'nowhere'],
      ['machine_detection_method', 'PUT'],
    ] as const) {
      const { status, body } = await api.post('Call/', { ...MINIMAL, machine_detection: 'true', [name]: value });
      assert.equal(status, 400, name);
      assert.match(String(body.error), new RegExp(`^${name} parameter`));
    }
    assert.deepEqual(voice.taken(), []);
  });
});
