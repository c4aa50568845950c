/**
 * Delay that a bidirectional stream adds: caller -> application -> caller, with an application that sends every piece back at once.
 * `node bench/streams.ts [streams] [seconds] [bridge]`: with `bridge` callers hear each other without any stream, which is what the delay
 * is to be compared with: it has the jitter buffer, the framing and the way that the figures are taken, too. Everything is on this machine, callers and application included; the callers' packets
 * and the application share the process that is measured, so the figures are an upper bound.
 *
 * Each caller says nothing, then a tone for 100 ms, once a second; from the packet that begins the tone to the packet in which it comes
 * back is one sample. 20 ms of it are the framing.
 */

import { TargetGuard } from '../src/delivery/target-guard.ts';
import { WebSocketClient } from '../src/delivery/websocket-client.ts';
import { decodeMulaw } from '../src/media/codecs/g711.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { rms } from '../testkit/audio.ts';
import { MediaRig } from '../testkit/media-rig.ts';
import { StreamApp } from '../testkit/stream-app.ts';

const streams = Number(process.argv[2] ?? 1);
const seconds = Number(process.argv[3] ?? 10);
const bridged = process.argv[4] === 'bridge';
const TONE_HZ = 1_000;
/** Louder than what comes back of silence, far softer than the tone. */
const LOUD = 1_000;
const POLL_MS = 1;

const rig = new MediaRig();
const app = await StreamApp.start();
app.onMessage = (message, { socket }) => socket.send(JSON.stringify(message));
const sockets = new WebSocketClient({
  guard: new TargetGuard({ allowPrivateTargets: true, allowed: [] }, systemClock),
  clock: systemClock,
  userAgent: 'bench',
});

/** Who speaks, and who hears it. */
async function caller() {
  const { leg, peer } = await rig.call();
  if (bridged) {
    const other = await rig.call({ open: { near: leg } });
    rig.engine.bridge(leg, other.leg);
    peer.speak(leg.localPort, 0);
    return { leg, peer, hears: other.peer };
  }
  const feed = leg.feed();
  const socket = await sockets.open({
    url: app.url(),
    headers: {},
    signal: new AbortController().signal,
    events: {
      message(text) {
        const { payload }: { payload: string } = JSON.parse(text);
        const bytes = Buffer.from(payload, 'base64');
        const pcm = new Int16Array(bytes.length);
        decodeMulaw(bytes, 0, bytes.length, pcm);
        feed.push(pcm, 8_000);
      },
      binary: () => undefined,
      pong: () => undefined,
      closed: () => undefined,
    },
  });
  socket.resume();
  leg.tap({ tracks: ['inbound'], encoding: 'mulaw', sampleRate: 8_000, noiseLevel: undefined }, (_, audio) =>
    socket.send(JSON.stringify({ payload: Buffer.from(audio).toString('base64') })),
  );
  peer.speak(leg.localPort, 0);
  return { leg, peer, hears: peer };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const callers = await Promise.all(Array.from({ length: streams }, caller));
await pause(1_000);

const samples: number[] = [];
async function measure({ leg, peer, hears }: Awaited<ReturnType<typeof caller>>, offsetMs: number): Promise<void> {
  await pause(offsetMs);
  for (let round = 0; round < seconds; round++) {
    const from = performance.now();
    peer.speak(leg.localPort, TONE_HZ);
    let heard: number | undefined;
    while (heard === undefined && performance.now() - from < 900) {
      await pause(POLL_MS);
      if (rms(hears.heard(20)) > LOUD) heard = performance.now() - from;
    }
    if (heard !== undefined) samples.push(heard);
    peer.speak(leg.localPort, 0);
    await pause(Math.max(0, 1_000 - (performance.now() - from)));
  }
}
await Promise.all(callers.map((each, index) => measure(each, (index * 1_000) / streams)));

samples.sort((a, b) => a - b);
const at = (share: number) => samples[Math.min(samples.length - 1, Math.floor(samples.length * share))]?.toFixed(1);
process.stdout.write(
  `${streams} ${bridged ? 'bridges' : 'streams'}, ${samples.length} of ${streams * seconds} heard: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms\n`,
);
for (const { leg } of callers) await leg.close();
await rig.close();
await app.stop();
