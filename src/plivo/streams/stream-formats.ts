import type { StreamEncoding, StreamRate } from '../../media/stream-audio.ts';

export interface StreamFormat {
  readonly encoding: StreamEncoding;
  readonly sampleRate: StreamRate;
}

export const MULAW = 'audio/x-mulaw';
export const L16 = 'audio/x-l16';

/** What a stream may carry, by its name on the wire (audio-streaming.md §1). */
const formats: ReadonlyMap<string, StreamFormat> = new Map([
  [`${L16};rate=8000`, { encoding: 'l16', sampleRate: 8_000 }],
  [`${L16};rate=16000`, { encoding: 'l16', sampleRate: 16_000 }],
  [`${L16};rate=24000`, { encoding: 'l16', sampleRate: 24_000 }],
  [`${MULAW};rate=8000`, { encoding: 'mulaw', sampleRate: 8_000 }],
]);

export const contentTypes: readonly string[] = [...formats.keys()];

export const DEFAULT_CONTENT_TYPE = `${L16};rate=8000`;

/** Undefined when it is none of `contentTypes`; blanks and letter case make no difference. */
export const formatOf = (contentType: string): StreamFormat | undefined =>
  formats.get(contentType.replaceAll(/\s/g, '').toLowerCase());

export const encodingName = (encoding: StreamEncoding): string => (encoding === 'mulaw' ? MULAW : L16);

export const contentTypeOf = ({ encoding, sampleRate }: StreamFormat): string => `${encodingName(encoding)};rate=${sampleRate}`;
