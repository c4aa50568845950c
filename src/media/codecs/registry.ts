import type { Codec } from './codec.ts';
import { pcma, pcmu } from './g711.ts';
import { g722 } from './g722.ts';

/** Every codec of the engine, the most wanted first. */
export const codecs: readonly Codec[] = [pcmu, pcma, g722];

/** Looks a codec up by its SDP encoding name, in any letter case (RFC 4855 §3). */
export function codecByName(name: string): Codec | undefined {
  const wanted = name.toUpperCase();
  return codecs.find((codec) => codec.name.toUpperCase() === wanted);
}
