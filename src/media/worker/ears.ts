import { levelDbov } from '../analysis/level.ts';
import type { BeepOptions, Heard } from '../media-engine.ts';
import type { SampleRate } from '../pcm.ts';

/** One condition that is listened for. */
export interface Ear {
  readonly id: number;
  readonly silenceMs: number | undefined;
  readonly beep: BeepOptions | undefined;
  readonly speech: boolean;
}

interface Listening {
  readonly ear: Ear;
  silentMs: number;
}

/** Everything that is listened for on a leg. An ear is gone with the first thing it hears. */
export class Ears {
  readonly #tell: (ear: number, heard: Heard) => void;
  readonly #listening: Listening[] = [];

  constructor(tell: (ear: number, heard: Heard) => void) {
    this.#tell = tell;
  }

  get busy(): boolean {
    return this.#listening.length > 0;
  }

  configure(_sampleRate: SampleRate): void {}

  add(ear: Ear): void {
    this.#listening.push({ ear, silentMs: 0 });
  }

  remove(ear: number): void {
    const index = this.#listening.findIndex((other) => other.ear.id === ear);
    if (index >= 0) this.#listening.splice(index, 1);
  }

  hear(pcm: Int16Array): void {
    if (!this.busy) return;
    const level = levelDbov(pcm);
    for (let index = this.#listening.length - 1; index >= 0; index--) {
      const listening = this.#listening[index];
      if (!listening) continue;
      listening.silentMs = level < -45 ? listening.silentMs + 20 : 0;
      const { ear } = listening;
      if (ear.silenceMs !== undefined && listening.silentMs >= ear.silenceMs) this.#hit(ear.id, { kind: 'silence' });
      else if (ear.speech && level >= -45) this.#hit(ear.id, { kind: 'speech' });
    }
  }

  #hit(ear: number, heard: Heard): void {
    this.remove(ear);
    this.#tell(ear, heard);
  }
}
