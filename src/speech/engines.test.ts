import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '../../testkit/silent-log.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import type { HttpRequest } from '../delivery/http-client.ts';
import { ConfiguredSpeaker, type SpeechConfiguration } from './engines.ts';
import { plainSpeech } from './ssml.ts';

const never = new AbortController().signal;
const times = { startedAt: 0, connectedMs: 0, firstByteMs: 0, totalMs: 0 };

/** Engines behind HTTP that answer two samples, or a failure. */
function rig() {
  const sent: HttpRequest[] = [];
  const clock = new VirtualClock();
  let isDown = false;
  const speaker = new ConfiguredSpeaker({
    clock,
    log: silentLog,
    resample: (pcm) => pcm,
    readWav: () => ({ sampleRate: 16_000, pcm: Int16Array.of(1) }),
    files: undefined,
    async send(request) {
      sent.push(request);
      if (isDown) return { kind: 'failure', failure: 'connect', reason: 'nobody there', status: null, times };
      const headers = { 'content-type': 'audio/pcm' };
      return { kind: 'answer', status: 200, headers, body: Buffer.alloc(4), truncated: false, times };
    },
  });
  const speak = (text: string) =>
    speaker.speak({ content: plainSpeech(text), voice: { name: 'WOMAN', gender: 'female' }, language: 'en-US' }, never);
  const hosts = () => sent.splice(0).map(({ url }) => url.host);
  return {
    speaker,
    speak,
    hosts,
    goDown: () => {
      isDown = true;
    },
  };
}

const openai = { url: 'http://tts.lab:8880/v1' };
const polly = { region: 'eu-central-1', accessKeyId: 'a', secretAccessKey: 'b' };

describe('the engines of the configuration', () => {
  it('are asked in its order', async () => {
    const { speaker, speak, hosts } = rig();
    speaker.use({ engines: ['polly', 'openai'], openai, polly });
    assert.equal((await speak('a')).engine, 'polly');
    speaker.use({ engines: ['openai', 'polly'], openai, polly });
    assert.equal((await speak('a')).engine, 'openai');
    assert.deepEqual(hosts(), ['polly.eu-central-1.amazonaws.com', 'tts.lab:8880']);
  });

  it('keep their audio while their settings stay, and make it anew when what matters changes', async () => {
    const { speaker, speak, hosts } = rig();
    const use = (configuration: SpeechConfiguration) => speaker.use(configuration);
    use({ engines: ['openai'], openai });
    await speak('a');
    use({ engines: ['openai'], openai: { ...openai, apiKey: 'new' } });
    await speak('a');
    assert.deepEqual(hosts(), ['tts.lab:8880']);
    use({ engines: ['openai'], openai: { ...openai, model: 'kokoro' } });
    await speak('a');
    assert.deepEqual(hosts(), ['tts.lab:8880']);
  });

  it('need their own section', () => {
    const { speaker } = rig();
    assert.throws(() => speaker.use({ engines: ['openai'] }), /speech\.openai is missing/);
    assert.throws(() => speaker.use({ engines: ['polly'] }), /speech\.polly is missing/);
  });

  it('are replaced by the next one when they fail', async () => {
    const { speaker, speak, goDown } = rig();
    speaker.use({ engines: ['polly', 'openai'], openai, polly });
    goDown();
    await assert.rejects(speak('a'), /^SpeechError: polly: nobody there; openai: nobody there$/);
    await speaker.close();
  });
});
