/**
 * Delay that a bidirectional stream adds: caller -> application -> caller, with an application that sends every piece back at once.
 * `npm run bench:streams -- [streams,...] [seconds]`; by default 1,50,200 streams, 20 s each.
 *
 * Callers and application are processes of their own on this machine; what is measured is the process between them. A sample runs from
 * the packet that begins a tone to the packet in which it comes back. The 20 ms of audio in a packet are spoken before it leaves, so the
 * pure framing is in no sample and nothing needs to be subtracted: from mouth to ear it is 20 ms more.
 *
 * Of the sample, the packet waits for the turn of its leg (0 to 20 ms, by chance of the call, which is why one stream is measured as several
 * calls one after the other), and what the application sends back waits for the next one (20 ms after the first).
 */

import { type ChildProcess, fork } from 'node:child_process';
import { loadavg } from 'node:os';
import { TargetGuard } from '../src/delivery/target-guard.ts';
import { WebSocketClient } from '../src/delivery/websocket-client.ts';
import { decodeMulaw } from '../src/media/codecs/g711.ts';
import { createMediaEngine } from '../src/media/engine.ts';
import type { MediaLeg, MediaStats } from '../src/media/media-engine.ts';
import { systemClock } from '../src/runtime/clock.ts';
import type { CallersFound, ToCallers } from './stream-callers.ts';

const counts = (process.argv[2] ?? '1,50,200').split(',').map(Number);
const seconds = Number(process.argv[3] ?? 20);
/** Delay targets begin high and fall while the line is even. */
const WARM_UP_MS = 5_000;
/** Calls that one stream is measured with. */
const SINGLE_CALLS = 8;
const PAUSE_MS = 1_000;

interface Found {
  readonly samples: readonly number[];
  readonly tones: number;
  /** Seconds of CPU a second, of the measured process. */
  readonly cores: number;
  /** Milliseconds, of the worst leg: how uneven the callers' packets came, and how late ours went. They tell what the machine added. */
  readonly jitterMs: number;
  readonly latenessMs: number;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const answerOf = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve) => child.once('message', (value: T) => resolve(value)));

async function run(streams: number, forSeconds: number): Promise<Found> {
  const engine = createMediaEngine({
    clock: systemClock,
    bindAddress: '127.0.0.1',
    ports: { from: 20_000, to: 29_999 },
    workers: 2,
  });
  const sockets = new WebSocketClient({
    guard: new TargetGuard({ allowPrivateTargets: true, allowed: [] }, systemClock),
    clock: systemClock,
    userAgent: 'bench',
  });
  const callers = fork(new URL('./stream-callers.ts', import.meta.url));
  const echo = fork(new URL('./stream-echo.ts', import.meta.url));
  const url = await answerOf<string>(echo);
  const ask = <T>(message: ToCallers): Promise<T> => {
    const answer = answerOf<T>(callers);
    callers.send(message);
    return answer;
  };
  const tell = (message: ToCallers) => callers.send(message);
  const over = new AbortController();
  const legs: MediaLeg[] = [];
  for (const remotePort of await ask<number[]>({ do: 'open', count: streams })) {
    const leg = await engine.openLeg();
    leg.setFlow({
      codec: 'PCMU',
      payloadType: 0,
      telephoneEventPayloadType: 101,
      remoteAddress: '127.0.0.1',
      remotePort,
      remoteRtcpPort: 0,
      direction: 'sendrecv',
      ptimeMs: 20,
    });
    await stream(leg, sockets, url, over.signal);
    legs.push(leg);
  }
  tell({ do: 'speak', ports: legs.map((leg) => leg.localPort) });
  await pause(WARM_UP_MS);
  const cpu = process.cpuUsage();
  const from = performance.now();
  tell({ do: 'measure' });
  await pause(forSeconds * 1_000);
  const used = process.cpuUsage(cpu);
  const found = await ask<CallersFound>({ do: 'stop' });
  const cores = (used.user + used.system) / 1_000 / (performance.now() - from);
  const stats = await Promise.all(legs.map((leg) => leg.close()));
  const worst = (field: (stats: MediaStats) => number) => Math.max(...stats.map(field));
  over.abort();
  await engine.close();
  callers.kill();
  echo.kill();
  return {
    ...found,
    cores,
    jitterMs: worst(({ maxJitterMs }) => maxJitterMs),
    latenessMs: worst(({ sendLatenessP99Ms }) => sendLatenessP99Ms),
  };
}

async function stream(leg: MediaLeg, sockets: WebSocketClient, url: string, signal: AbortSignal): Promise<void> {
  const feed = leg.feed();
  const socket = await sockets.open({
    url,
    headers: {},
    signal,
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
}

for (const streams of counts) {
  const runs: Found[] = [];
  if (streams === 1) {
    for (let call = 0; call < SINGLE_CALLS; call++) runs.push(await run(1, Math.max(3, seconds / 4)));
  } else runs.push(await run(streams, seconds));
  const samples = runs.flatMap((each) => [...each.samples]).sort((a, b) => a - b);
  const tones = runs.reduce((sum, each) => sum + each.tones, 0);
  const at = (share: number) => samples[Math.min(samples.length - 1, Math.floor(samples.length * share))]?.toFixed(1) ?? '-';
  const most = (field: (found: Found) => number) => Math.max(...runs.map(field));
  process.stdout.write(
    `${streams} ${streams === 1 ? 'stream' : 'streams'}: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms over the framing; ` +
      `${samples.length} of ${tones} tones heard, ${most(({ cores }) => cores).toFixed(2)} cores, ` +
      `load average ${loadavg()[0]?.toFixed(1)}, callers' jitter up to ${most(({ jitterMs }) => jitterMs).toFixed(1)} ms, ` +
      `sent up to ${most(({ latenessMs }) => latenessMs).toFixed(1)} ms late (p99 of the worst leg)\n`,
  );
  await pause(PAUSE_MS);
}
