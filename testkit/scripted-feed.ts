import { type AudioFeed, FEED_CAPACITY_MS, type StreamRate } from '../src/media/stream-audio.ts';
import type { Clock } from '../src/runtime/clock.ts';

/** A feed that plays on the given clock what is pushed, and keeps it for the test. */
export class ScriptedFeed implements AudioFeed {
  readonly pushed: { readonly pcm: Int16Array; readonly sampleRate: StreamRate }[] = [];
  cleared = 0;
  isOpen = true;
  readonly #clock: Clock;
  readonly #marks = new Set<(played: boolean) => void>();
  #endsAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get bufferedMs(): number {
    return Math.max(0, this.#endsAt - this.#clock.now());
  }

  push(pcm: Int16Array, sampleRate: StreamRate): number {
    const taken = Math.min(pcm.length, Math.floor(((FEED_CAPACITY_MS - this.bufferedMs) * sampleRate) / 1_000));
    this.#endsAt = Math.max(this.#clock.now(), this.#endsAt) + (taken * 1_000) / sampleRate;
    if (taken > 0) this.pushed.push({ pcm: pcm.slice(0, taken), sampleRate });
    return taken;
  }

  checkpoint(): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (played: boolean) => {
        cancel();
        this.#marks.delete(settle);
        resolve(played);
      };
      const cancel = this.#clock.after(this.bufferedMs, () => settle(true));
      this.#marks.add(settle);
    });
  }

  clear(): void {
    this.cleared++;
    this.#endsAt = 0;
    for (const settle of [...this.#marks]) settle(false);
  }

  close(): void {
    this.isOpen = false;
    this.clear();
  }
}
