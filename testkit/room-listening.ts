import { rms, toneShare } from './audio.ts';
import type { RigCall } from './media-rig.ts';
import { until } from './rtp-peer.ts';

const MS = 200;
/** On a busy machine frames come late and some are concealed, which smears tones: worker/room.test.ts measures sharply. */
const LEAST = 0.4;
const LEAK = 0.1;
const WITHIN_MS = 15_000;

/** Power at one frequency beside the whole power of the last 200 ms. */
const share = ({ peer }: RigCall, hz: number): number => toneShare(peer.heard(MS), peer.codec.sampleRate, hz);

/** Waits until exactly these of all frequencies are heard. */
export async function hearsOnly(call: RigCall, wanted: readonly number[], all: readonly number[]): Promise<void> {
  const isSo = () => {
    if (call.peer.heard(MS).length < (call.peer.codec.sampleRate * MS) / 1_000) return false;
    if (wanted.length === 0) return rms(call.peer.heard(MS)) < 50;
    return all.every((hz) => (wanted.includes(hz) ? share(call, hz) > LEAST / wanted.length : share(call, hz) < LEAK));
  };
  await until(
    isSo,
    `${wanted.join(' + ') || 'nothing'} Hz of ${all.map((hz) => `${hz}: ${share(call, hz).toFixed(3)}`).join(', ')}`,
    WITHIN_MS,
  );
}
