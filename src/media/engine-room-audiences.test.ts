import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { sine, toneShare } from '../../testkit/audio.ts';
import { MediaRig } from '../../testkit/media-rig.ts';
import { hearsOnly } from '../../testkit/room-listening.ts';
import { openWav } from './audio-files/wav-reader.ts';
import type { MemberOptions } from './media-engine.ts';

const PLAIN: MemberOptions = { muted: false, deaf: false, gain: 1, relayDigits: true };
const CUSTOMER = 500;
const AGENT = 900;
const COACH = 1_500;
const MUSIC = 2_200;
const ALL = [CUSTOMER, AGENT, COACH, MUSIC] as const;
const AGENTS = 1;

describe('the audiences of a room', { concurrency: 2 }, () => {
  const rig = new MediaRig();
  after(() => rig.close());

  /** A customer, an agent on another worker, and a coach of the agent on the first one. */
  async function coached() {
    const customer = await rig.call();
    const agent = await rig.call({ codec: 'G722' });
    const coach = await rig.call({ codec: 'PCMA', open: { near: customer.leg } });
    const calls = [customer, agent, coach] as const;
    for (const [index, { peer, leg }] of calls.entries()) peer.speak(leg.localPort, ALL[index] ?? 0);
    const room = rig.engine.createRoom();
    const members = [
      room.join(customer.leg, PLAIN),
      room.join(agent.leg, { ...PLAIN, group: AGENTS }),
      room.join(coach.leg, { ...PLAIN, group: 2, audience: { groups: [AGENTS] } }),
    ] as const;
    const close = async () => {
      room.close();
      await Promise.all(calls.map(({ leg }) => leg.close()));
    };
    return { room, calls, members, close };
  }

  it('let a coach be heard by agents alone, by all when it stops coaching, or by one', async () => {
    const { calls, members, close } = await coached();
    const [customer, agent, coach] = calls;
    await Promise.all([
      hearsOnly(customer, [AGENT], ALL),
      hearsOnly(agent, [CUSTOMER, COACH], ALL),
      hearsOnly(coach, [CUSTOMER, AGENT], ALL),
    ]);
    members[2].setAudience('all');
    await hearsOnly(customer, [AGENT, COACH], ALL);
    members[2].setAudience({ member: members[0] });
    await Promise.all([hearsOnly(customer, [AGENT, COACH], ALL), hearsOnly(agent, [CUSTOMER], ALL)]);
    assert.throws(() => members[2].setGroup(32), RangeError);
    assert.throws(() => members[2].setAudience({ groups: [-1] }), RangeError);
    await close();
  });

  it('are none while the member is on hold: it hears music alone, and is as muted as before afterwards', async () => {
    const { calls, members, close } = await coached();
    const [customer, agent] = calls;
    const clip = rig.engine.createClip(sine(8_000, MUSIC, 200, 8_000), 8_000);
    members[1].setHeld(true);
    const music = members[1].play([{ kind: 'clip', clip }], { loop: 0 });
    await Promise.all([hearsOnly(agent, [MUSIC], ALL), hearsOnly(customer, [], ALL)]);
    members[1].setMuted(true);
    music.stop();
    members[1].setHeld(false);
    await Promise.all([hearsOnly(agent, [CUSTOMER, COACH], ALL), hearsOnly(customer, [], ALL)]);
    members[1].setMuted(false);
    await hearsOnly(customer, [AGENT], ALL);
    await close();
  });

  it('are recorded with the coach or without, and each member by itself', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ringdown-audiences-'));
    const { room, calls, members, close } = await coached();
    await hearsOnly(calls[1], [CUSTOMER, COACH], ALL);
    const options = (name: string) => ({ format: 'wav', channels: 'incoming', path: join(directory, name), maxMs: 600 }) as const;
    const recordings = [
      room.record(options('everything')),
      room.record({ ...options('open'), voices: 'said-to-all' }),
      members[1].record(options('agent')),
      members[0].record({ ...options('both'), channels: 'mono' }),
    ];
    for (const recording of recordings) assert.equal((await recording.ended).cause, 'max-length');
    for (const [name, wanted] of [
      ['everything', [CUSTOMER, AGENT, COACH]],
      ['open', [CUSTOMER, AGENT]],
      ['agent', [AGENT]],
      ['both', [CUSTOMER, AGENT]],
    ] as const) {
      const wav = openWav(await readFile(join(directory, name)));
      const pcm = new Int16Array(wav.length);
      wav.read(0, pcm);
      for (const hz of ALL) {
        const share = toneShare(pcm, wav.sampleRate, hz);
        const isIn = wanted.some((each) => each === hz);
        assert.ok(isIn ? share > 0.15 : share < 0.05, `${name}: ${hz} Hz has ${share}`);
      }
    }
    await close();
    await rm(directory, { recursive: true });
  });
});
