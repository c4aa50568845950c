import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { rms, sine, toneShare } from '../../testkit/audio.ts';
import { MediaRig } from '../../testkit/media-rig.ts';
import { hearsOnly } from '../../testkit/room-listening.ts';
import { until } from '../../testkit/rtp-peer.ts';
import { openWav } from './audio-files/wav-reader.ts';
import type { CodecName, MemberOptions } from './media-engine.ts';

const PLAIN: MemberOptions = { muted: false, deaf: false, gain: 1, relayDigits: true };
const WITHIN_MS = 15_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('a room', { concurrency: 2 }, async () => {
  const rig = new MediaRig();
  after(() => rig.close());
  const TONES = [500, 900, 1_500] as const;

  async function three(codecs: readonly CodecName[], sameWorker: boolean) {
    const first = await rig.call({ codec: codecs[0] ?? 'PCMU' });
    const others = [];
    for (const codec of codecs.slice(1)) {
      others.push(await rig.call({ codec, open: sameWorker ? { near: first.leg } : {} }));
    }
    const calls = [first, ...others];
    for (const [index, { peer, leg }] of calls.entries()) peer.speak(leg.localPort, TONES[index] ?? 0);
    const room = rig.engine.createRoom();
    const members = calls.map(({ leg }) => room.join(leg, PLAIN));
    const close = async () => {
      room.close();
      await Promise.all(calls.map(({ leg }) => leg.close()));
    };
    return { room, calls, members, close };
  }

  const withoutOwn = (index: number) => TONES.filter((_, other) => other !== index);

  for (const [name, codecs, sameWorker] of [
    ['at 8 kHz on one worker', ['PCMU', 'PCMA', 'PCMU'], true],
    ['at 16 kHz on one worker', ['G722', 'G722', 'G722'], true],
    ['at both rates on two workers', ['PCMU', 'G722', 'G722'], false],
  ] as const) {
    it(`of three ${name}: each hears the other two and not itself`, async () => {
      const { calls, close } = await three(codecs, sameWorker);
      await Promise.all(calls.map((call, index) => hearsOnly(call, withoutOwn(index), TONES)));
      await close();
    });
  }

  it('does not let a muted member be heard, nor a deaf one hear, and changes while it runs', async () => {
    const { calls, members, close } = await three(['PCMU', 'PCMU', 'PCMU'], false);
    const [a, b, c] = calls;
    const [first, second] = members;
    assert.ok(a && b && c && first && second);
    first.setMuted(true);
    second.setDeaf(true);
    await Promise.all([hearsOnly(a, [900, 1_500], TONES), hearsOnly(b, [], TONES), hearsOnly(c, [900], TONES)]);
    first.setMuted(false);
    second.setDeaf(false);
    await Promise.all([hearsOnly(b, [500, 1_500], TONES), hearsOnly(c, [500, 900], TONES)]);
    await close();
  });

  it('is left and joined while something plays to all', async () => {
    const { room, calls, members, close } = await three(['PCMU', 'G722', 'PCMU'], false);
    const [a, b, c] = calls;
    assert.ok(a && b && c);
    const all = [...TONES, 2_200];
    const clip = rig.engine.createClip(sine(16_000, 2_200, 200, 8_000), 16_000);
    const playback = room.play([{ kind: 'clip', clip }], { loop: 0 });
    await hearsOnly(a, [900, 1_500, 2_200], all);
    members[1]?.leave();
    await Promise.all([hearsOnly(a, [1_500, 2_200], all), hearsOnly(b, [], all), hearsOnly(c, [500, 2_200], all)]);
    room.join(b.leg, PLAIN);
    await Promise.all([hearsOnly(a, [900, 1_500, 2_200], all), hearsOnly(b, [500, 1_500, 2_200], all)]);
    playback.stop();
    assert.equal(await playback.ended, 'stopped');
    await hearsOnly(a, [900, 1_500], all);
    await close();
  });

  it('plays a list to its end, and to one member alone', async () => {
    const { room, calls, members, close } = await three(['PCMU', 'PCMU'], true);
    const [a, b] = calls;
    assert.ok(a && b);
    const clip = rig.engine.createClip(sine(8_000, 2_200, 400, 8_000), 8_000);
    const whole = room.play(
      [
        { kind: 'clip', clip },
        { kind: 'silence', ms: 40 },
        { kind: 'tone', tone: 'beep' },
      ],
      { loop: 1 },
    );
    assert.equal(await whole.ended, 'completed');
    assert.equal(await room.play([], { loop: 1 }).ended, 'completed');
    await pause(300);
    const alone = members[0]?.play([{ kind: 'clip', clip }], { loop: 0, mix: true });
    await hearsOnly(a, [900, 2_200], [...TONES, 2_200]);
    await hearsOnly(b, [500], [...TONES, 2_200]);
    alone?.stop();
    const last = room.play([{ kind: 'clip', clip }], { loop: 0 });
    await close();
    assert.equal(await last.ended, 'closed');
    assert.equal(await room.play([{ kind: 'clip', clip }], { loop: 0 }).ended, 'closed');
  });

  it('tells who begins and stops to speak', async () => {
    const { calls, members, close } = await three(['PCMU', 'PCMU'], false);
    const [a] = calls;
    const told: boolean[] = [];
    members[0]?.onSpeaking((speaking) => told.push(speaking));
    assert.ok(a);
    await until(() => told.length === 1, 'the begin', WITHIN_MS);
    members[0]?.setMuted(true);
    await until(() => told.length === 2, 'the end', WITHIN_MS);
    assert.deepEqual(told, [true, false]);
    await close();
  });

  it('lets others hear keys only if the member relays them, and reports them in any case', async () => {
    const { calls, members, room, close } = await three(['PCMU', 'PCMU'], true);
    const [a, b] = calls;
    assert.ok(a && b);
    const pressed: string[] = [];
    a.leg.onDigit((digit) => pressed.push(digit));
    await a.peer.press('5', 120);
    await until(() => b.peer.digits.includes('5'), 'the key at the other member', WITHIN_MS);
    assert.deepEqual(a.peer.digits, []);
    members[0]?.leave();
    room.join(a.leg, { ...PLAIN, relayDigits: false });
    await pause(100);
    await a.peer.press('7', 120);
    await until(() => pressed.includes('7'), 'the report', WITHIN_MS);
    await pause(150);
    assert.deepEqual(b.peer.digits, ['5']);
    await close();
  });

  it('is recorded as it sounds', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ringdown-room-'));
    const { room, calls, close } = await three(['PCMU', 'G722'], false);
    const [a] = calls;
    assert.ok(a);
    await hearsOnly(a, [900], TONES);
    const path = join(directory, 'room.wav');
    const recording = room.record({ format: 'wav', channels: 'mono', path, maxMs: 600 });
    const { cause, durationMs } = await recording.ended;
    assert.deepEqual([cause, durationMs], ['max-length', 600]);
    const wav = openWav(await readFile(path));
    const pcm = new Int16Array(wav.length);
    wav.read(0, pcm);
    assert.equal(wav.sampleRate, 16_000);
    for (const hz of [500, 900]) assert.ok(toneShare(pcm, 16_000, hz) > 0.2, `${hz} Hz is in the file`);
    const open = room.record({ format: 'wav', channels: 'mono', path: join(directory, 'open.wav'), maxMs: 60_000 });
    await close();
    assert.equal((await open.ended).cause, 'closed');
    await rm(directory, { recursive: true });
  });

  it('is left by a leg that closes or is bridged, and a leg leaves its bridge for it', async () => {
    const { calls, room, close } = await three(['PCMU', 'PCMU', 'PCMU'], false);
    const [a, b, c] = calls;
    assert.ok(a && b && c);
    await hearsOnly(a, [900, 1_500], TONES);
    await c.leg.close();
    await hearsOnly(a, [900], TONES);
    const other = await rig.call();
    other.peer.speak(other.leg.localPort, 1_500);
    rig.engine.bridge(b.leg, other.leg);
    await Promise.all([hearsOnly(a, [], TONES), hearsOnly(b, [1_500], TONES)]);
    room.join(other.leg, PLAIN);
    await Promise.all([hearsOnly(a, [1_500], TONES), hearsOnly(b, [], TONES)]);
    await other.leg.close();
    await close();
  });
});

describe('rooms of an engine', () => {
  it('tell keys that are relayed to browsers, which have no telephone events, as far as they would hear them', async (t) => {
    const rig = new MediaRig();
    t.after(() => rig.close());
    const phone = await rig.call();
    const browsers = [await rig.engine.openLeg({ secured: true }), await rig.engine.openLeg({ secured: true })] as const;
    const told = browsers.map((browser) => {
      const digits: string[] = [];
      browser.onDigitSent((digit) => digits.push(digit));
      return digits;
    });
    const room = rig.engine.createRoom();
    const member = room.join(phone.leg, PLAIN);
    const [first] = browsers.map((browser) => room.join(browser, PLAIN));
    const pressed: string[] = [];
    phone.leg.onDigit((digit) => pressed.push(digit));
    const press = async (digit: string) => {
      phone.leg.digitFromSignalling(digit);
      await until(() => pressed.includes(digit), `key ${digit}`);
    };
    await press('1');
    first?.setDeaf(true);
    await press('2');
    first?.setDeaf(false);
    first?.setGroup(3);
    member.setAudience({ groups: [3] });
    await press('3');
    member.setHeld(true);
    await press('4');
    member.setHeld(false);
    member.leave();
    await press('5');
    browsers[0].digitFromSignalling('6');
    await until(() => told[1]?.includes('6') === true, 'the key of the other browser');
    assert.deepEqual(told, [
      ['1', '3'],
      ['1', '2', '6'],
    ]);
    room.close();
  });

  it('outlive the worker that owns them: who lives elsewhere goes on', async (t) => {
    const rig = new MediaRig();
    t.after(() => rig.close());
    const owner = await rig.call();
    // The emptier worker is the other one.
    const a = await rig.call();
    const b = await rig.call({ open: { near: a.leg } });
    a.peer.speak(a.leg.localPort, 500);
    b.peer.speak(b.leg.localPort, 900);
    const room = rig.engine.createRoom();
    for (const { leg } of [owner, a, b]) room.join(leg, PLAIN);
    await hearsOnly(a, [900], [500, 900]);
    const playback = room.play([{ kind: 'silence', ms: 60_000 }], { loop: 0 });
    rig.killWorker(owner.leg);
    assert.equal(await playback.ended, 'closed');
    await pause(50);
    a.peer.forget();
    b.peer.forget();
    await Promise.all([hearsOnly(a, [900], [500, 900]), hearsOnly(b, [500], [500, 900])]);
    room.close();
    assert.equal(rig.engine.counts().rooms, 0);
  });

  it('hold 200 members, and give everything back', async (t) => {
    const rig = new MediaRig();
    t.after(() => rig.close());
    const peer = await rig.peer();
    const speaker = await rig.call();
    const round = async () => {
      const room = rig.engine.createRoom();
      const legs = await Promise.all(Array.from({ length: 199 }, () => rig.engine.openLeg()));
      for (const leg of legs) {
        leg.setFlow(peer.flow());
        room.join(leg, PLAIN);
      }
      room.join(speaker.leg, PLAIN);
      await until(() => rms(peer.heard(40)) > 1_000, 'the one who speaks', WITHIN_MS);
      await Promise.all(legs.map((leg) => leg.close()));
      room.close();
      assert.deepEqual(rig.engine.counts(), { legs: 1, bridges: 0, rooms: 0, ports: 2, recordings: 0 });
      peer.forget();
    };
    speaker.peer.speak(speaker.leg.localPort, 500);
    await round();
    const before = process.memoryUsage().rss;
    for (let times = 0; times < 2; times++) await round();
    const grown = (process.memoryUsage().rss - before) / 1_048_576;
    assert.ok(grown < 60, `${grown.toFixed(1)} MB more`);
    await speaker.leg.close();
  });
});
