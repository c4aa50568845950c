import type { Codec } from './codec.ts';
import { pcma, pcmu } from './g711.ts';
import { g722 } from './g722.ts';
import { opus } from './opus.ts';

/** Codecs of telephony, the most wanted first: they are always there. */
export const telephonyCodecs: readonly Codec[] = [pcmu, pcma, g722];

/** Every codec of the engine. */
export const codecs: readonly Codec[] = [...telephonyCodecs, opus];

/** The form in which sounds wait to be sent in this codec. */
export const keptForm = (codec: Codec): Codec => codec.kept ?? codec;

/** Looks a codec up by its SDP encoding name, in any letter case (RFC 4855 §3). */
export function codecByName(name: string): Codec | undefined {
  const wanted = name.toUpperCase();
  return codecs.find((codec) => codec.name.toUpperCase() === wanted);
}
