/**
 * CPU and memory of rooms in which calls meet: one of 50, one of 200, and 50 of 4. Every member sends and receives 50 packets a second to
 * and from a peer process (`media-peer.ts`); in each room some speak at once and the others are unmuted and silent.
 * Each kind is measured several times, alternating, and the medians are printed. Limit: a room of 200 within one core.
 *
 * ROUNDS=3  SECONDS=8  WORKERS=2  CODEC=PCMU  SPEAKERS=3 (of a room, at once; a room has fewer in every conversation, `200` is the worst case)
 */
import { loadavg } from 'node:os';
import { BenchLegs, type LegsFound, type PhoneCodec } from './media-rig.ts';

const rounds = Number(process.env.ROUNDS ?? 3);
const seconds = Number(process.env.SECONDS ?? 8);
const workers = Number(process.env.WORKERS ?? 2);
const speakers = Number(process.env.SPEAKERS ?? 3);
const codec: PhoneCodec = process.env.CODEC === 'G722' ? 'G722' : process.env.CODEC === 'PCMA' ? 'PCMA' : 'PCMU';
/** Rooms, and members of each. */
const SHAPES = [
  [1, 50],
  [1, 200],
  [50, 4],
] as const;

type Shape = (typeof SHAPES)[number];

async function run([rooms, members]: Shape): Promise<LegsFound> {
  const rig = await BenchLegs.open({ count: rooms * members, workers, codec });
  for (let first = 0; first < rig.legs.length; first += members) {
    const room = rig.engine.createRoom();
    for (const [index, leg] of rig.legs.slice(first, first + members).entries()) {
      leg.onDigit(() => undefined);
      // The peer sends sound on every leg: who does not speak is muted, which costs next to as much as being silent.
      room.join(leg, { muted: index >= speakers, deaf: false, gain: 1, relayDigits: true });
    }
  }
  const found = await rig.measure(seconds);
  await rig.close();
  return found;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const found = new Map<Shape, LegsFound[]>(SHAPES.map((shape) => [shape, []]));
for (let round = 0; round < rounds; round++) {
  for (const shape of SHAPES) found.get(shape)?.push(await run(shape));
}
for (const [[rooms, members], runs] of found) {
  const of = (field: (row: LegsFound) => number) => median(runs.map(field));
  console.log(
    `${rooms} ${rooms === 1 ? 'room' : 'rooms'} of ${members}, ${Math.min(speakers, members)} speak: ` +
      `${(of((row) => row.cpuMsPerSecond) / 1_000).toFixed(2)} cores, ` +
      `${(of((row) => row.cpuMsPerSecond) / rooms / members).toFixed(2)} ms CPU per member-second, ` +
      `sent ${of((row) => row.sentPerSecond).toFixed(1)}/s, lateness p99 ${of((row) => row.latenessP99).toFixed(1)} ms, ` +
      `RSS ${of((row) => row.rssMb).toFixed(0)} MB (medians of ${rounds})`,
  );
}
console.log(`load average ${loadavg()[0]?.toFixed(1)}`);
