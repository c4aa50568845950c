import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { sine, toneShare } from '../../testkit/audio.ts';
import { MediaRig } from '../../testkit/media-rig.ts';
import { hearsOnly } from '../../testkit/room-listening.ts';
import { until } from '../../testkit/rtp-peer.ts';
import { openWav } from './audio-files/wav-reader.ts';
import type { MemberOptions } from './media-engine.ts';

const PLAIN: MemberOptions = { muted: false, deaf: false, gain: 1, relayDigits: true };
const CUSTOMER = 500;
const FAR_END = 900;
const APPLICATION = 1_500;
const WITHIN_MS = 15_000;
const ALL = [CUSTOMER, FAR_END, APPLICATION] as const;

describe('the voice of a member that an application speaks with', { concurrency: 2 }, () => {
  const shared = new MediaRig();
  after(() => shared.close());

  /** A customer, and an agent on another worker. */
  async function met(rig = shared) {
    const customer = await rig.call();
    const agent = await rig.call({ codec: 'G722' });
    customer.peer.speak(customer.leg.localPort, CUSTOMER);
    agent.peer.speak(agent.leg.localPort, FAR_END);
    const room = rig.engine.createRoom();
    room.join(customer.leg, PLAIN);
    const member = room.join(agent.leg, PLAIN);
    const close = async () => {
      room.close();
      await Promise.all([customer.leg.close(), agent.leg.close()]);
    };
    return { room, customer, agent, member, close };
  }

  it('is heard in place of its far end, which hears the room without it, until the voice is closed', async () => {
    const { customer, agent, member, close } = await met();
    await hearsOnly(customer, [FAR_END], ALL);
    const voice = member.voice();
    voice.push(sine(24_000, APPLICATION, 20_000), 24_000);
    await Promise.all([hearsOnly(customer, [APPLICATION], ALL), hearsOnly(agent, [CUSTOMER], ALL)]);
    member.setMuted(true);
    await hearsOnly(customer, [], ALL);
    member.setMuted(false);
    await hearsOnly(customer, [APPLICATION], ALL);
    const told = voice.checkpoint();
    voice.clear();
    assert.equal(await told, false);
    await hearsOnly(customer, [], ALL);
    assert.equal(await voice.checkpoint(), true);
    voice.close();
    await hearsOnly(customer, [FAR_END], ALL);
    await close();
  });

  it('is in recordings of the member, and is heard while the far end has us on hold', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ringdown-voices-'));
    const { customer, agent, member, close } = await met();
    member.voice().push(sine(8_000, APPLICATION, 20_000), 8_000);
    await hearsOnly(customer, [APPLICATION], ALL);
    const path = join(directory, 'agent.wav');
    assert.equal((await member.record({ format: 'wav', channels: 'incoming', path, maxMs: 600 }).ended).cause, 'max-length');
    const wav = openWav(await readFile(path));
    const pcm = new Int16Array(wav.length);
    wav.read(0, pcm);
    const share = (hz: number) => toneShare(pcm, wav.sampleRate, hz);
    assert.ok(share(APPLICATION) > 0.8 && share(FAR_END) < 0.1, `${share(APPLICATION)} ${share(FAR_END)}`);
    agent.leg.setFlow(agent.peer.flow({ direction: 'inactive' }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await hearsOnly(customer, [APPLICATION], ALL);
    await close();
    await rm(directory, { recursive: true });
  });

  it('goes on in the new room when the worker of the old one has died', async (t) => {
    const rig = new MediaRig();
    t.after(() => rig.close());
    const { room, customer, agent, member } = await met(rig);
    const third = await rig.call({ open: { near: agent.leg } });
    room.join(third.leg, PLAIN);
    member.voice().push(sine(8_000, APPLICATION, 30_000), 8_000);
    await hearsOnly(third, [CUSTOMER, APPLICATION], ALL);
    rig.killWorker(customer.leg);
    await hearsOnly(third, [APPLICATION], ALL);
  });

  it('is another thing than a stream to the far end of a member, which hears both sides and speaks to it alone', async () => {
    const { customer, agent, close } = await met();
    const heard: Record<string, Int16Array[]> = { inbound: [], outbound: [] };
    const tracks = ['inbound', 'outbound'] as const;
    agent.leg.tap({ tracks, encoding: 'l16', sampleRate: 16_000, noiseLevel: undefined }, (track, audio) => {
      const view = new DataView(audio.buffer, audio.byteOffset, audio.byteLength);
      heard[track]?.push(Int16Array.from({ length: audio.length / 2 }, (_, at) => view.getInt16(2 * at, true)));
    });
    const latest = (track: (typeof tracks)[number]) =>
      Int16Array.from((heard[track] ?? []).slice(-10).flatMap((pcm) => [...pcm]));
    await until(
      () => toneShare(latest('inbound'), 16_000, FAR_END) > 0.8 && toneShare(latest('outbound'), 16_000, CUSTOMER) > 0.8,
      'both sides',
      WITHIN_MS,
    );
    agent.leg.feed().push(sine(16_000, APPLICATION, 20_000), 16_000);
    await Promise.all([hearsOnly(agent, [CUSTOMER, APPLICATION], ALL), hearsOnly(customer, [FAR_END], ALL)]);
    await close();
  });
});
