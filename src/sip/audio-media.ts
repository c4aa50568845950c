import { attributeOf, attributesOf, type SdpMedia } from './sdp.ts';

/** What the attributes of an audio section say (RFC 3551, RFC 4733, RFC 8866 §6). */

export type AudioCodec = 'PCMU' | 'PCMA' | 'G722' | 'OPUS';

/** Payload types of our offers: static ones (RFC 3551 §6), and for Opus the number that browsers use themselves. */
export const OFFERED_TYPES: Readonly<Record<AudioCodec, number>> = { PCMU: 0, PCMA: 8, G722: 9, OPUS: 111 };
const FIRST_DYNAMIC_TYPE = 96;
/** The number for telephone-event that most peers use themselves. */
export const OFFERED_EVENT_TYPE = 101;
/** Digits, `*`, `#`, A-D and hook flash (RFC 4733 §3.2). */
export const EVENT_RANGE_FULL = '0-16';
const EVENT_RANGE_DIGITS = '0-15';

/** 8000 Hz for all of telephony: G.722 samples at 16 kHz but has this RTP clock since a mistake in RFC 1890 (RFC 3551 §4.5.2). */
const CLOCK_RATE = 8000;
const DEFAULT_PTIME_MS = 20;
const MIN_PTIME_MS = 10;
/** 120 ms are 960 bytes of G.711, the most that goes with room to spare into one packet of any path. */
const MAX_PTIME_MS = 120;
const MAX_PAYLOAD_TYPE = 127;

const CODECS: readonly AudioCodec[] = ['PCMU', 'PCMA', 'G722', 'OPUS'];
/** Clock and channels are these whatever is inside (RFC 7587 §7). */
const OPUS_ENCODING = 'opus/48000/2';
/** One channel, which may repeat the frame before for the case that it was lost (RFC 7587 §6.1). */
const OPUS_PARAMETERS = 'minptime=10;useinbandfec=1;stereo=0';

export interface CodecFormat {
  readonly codec: AudioCodec;
  readonly payloadType: number;
}

/** The section's formats of codecs known here, in its order. A static number needs no `rtpmap`; one that is there counts. */
export function codecFormats(media: SdpMedia): readonly CodecFormat[] {
  const maps = rtpMaps(media);
  return media.formats.flatMap((format) => {
    const payloadType = payloadTypeOf(format);
    if (payloadType === undefined) return [];
    const encoding = maps.get(payloadType);
    const codec = CODECS.find((known) =>
      encoding === undefined
        ? OFFERED_TYPES[known] === payloadType && payloadType < FIRST_DYNAMIC_TYPE
        : known === 'OPUS'
          ? encoding.toLowerCase() === OPUS_ENCODING
          : isEncoding(encoding, known),
    );
    return codec ? [{ codec, payloadType }] : [];
  });
}

/** The section's telephone-event at the clock of its codecs, with the events both sides know; undefined if it has none. */
export function eventFormat(media: SdpMedia): { readonly payloadType: number; readonly range: string } | undefined {
  const maps = rtpMaps(media);
  for (const format of media.formats) {
    const payloadType = payloadTypeOf(format);
    if (payloadType === undefined || !isEncoding(maps.get(payloadType) ?? '', 'telephone-event')) continue;
    const events = attributesOf(media, 'fmtp').find((value) => value.startsWith(`${payloadType} `));
    const hasFlash = events === undefined || /(?:^|[ ,-])16(?:,|$)/.test(events.slice(String(payloadType).length));
    return { payloadType, range: hasFlash ? EVENT_RANGE_FULL : EVENT_RANGE_DIGITS };
  }
  return undefined;
}

export const attributesOfCodec = ({ codec, payloadType }: CodecFormat) =>
  codec === 'OPUS'
    ? [
        { name: 'rtpmap', value: `${payloadType} ${OPUS_ENCODING}` },
        { name: 'fmtp', value: `${payloadType} ${OPUS_PARAMETERS}` },
      ]
    : [{ name: 'rtpmap', value: `${payloadType} ${codec}/${CLOCK_RATE}` }];

function rtpMaps(media: SdpMedia): ReadonlyMap<number, string> {
  const maps = new Map<number, string>();
  for (const value of attributesOf(media, 'rtpmap')) {
    const match = /^([0-9]{1,3}) +([^ ]+)/.exec(value);
    if (match) maps.set(Number(match[1]), match[2] ?? '');
  }
  return maps;
}

/** Whether `name/rate/channels` is this encoding at 8000 Hz with one channel. Names are compared without regard to case. */
function isEncoding(encoding: string, name: string): boolean {
  const [actual = '', rate, channels = '1'] = encoding.split('/');
  return actual.toLowerCase() === name.toLowerCase() && rate === String(CLOCK_RATE) && channels === '1';
}

function payloadTypeOf(format: string): number | undefined {
  const value = /^[0-9]{1,3}$/.test(format) ? Number(format) : Number.NaN;
  return value <= MAX_PAYLOAD_TYPE ? value : undefined;
}

/** The packet time asked for, within `maxptime`: 10 to 120 ms in steps of 10 (rounded down), 20 if there is no such number. */
export function ptimeOf(media: SdpMedia): number {
  const asked = milliseconds(attributeOf(media, 'ptime')) ?? DEFAULT_PTIME_MS;
  const most = milliseconds(attributeOf(media, 'maxptime')) ?? MAX_PTIME_MS;
  return Math.min(asked, most);
}

function milliseconds(text: string | undefined): number | undefined {
  const value = /^[0-9]{1,4}$/.test(text ?? '') ? Number(text) : Number.NaN;
  return value >= MIN_PTIME_MS && value <= MAX_PTIME_MS ? value - (value % 10) : undefined;
}
