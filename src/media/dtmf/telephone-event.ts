import { DTMF_DIGITS } from './digits.ts';

/**
 * Payload of a telephone event (RFC 4733 §2.3):
 *
 *   | event (8) | E | R | volume (6) | duration (16) |
 */
export interface TelephoneEvent {
  /** 0 to 15 are the DTMF digits in the order of `DTMF_DIGITS`. */
  event: number;
  /** The event is over; `duration` is its whole length. */
  end: boolean;
  /** Power as -dBm0, 0 to 63. */
  volume: number;
  /** Ticks of the RTP clock since the timestamp of the packet. */
  duration: number;
}

export const TELEPHONE_EVENT_BYTES = 4;

/** Longest duration a payload can express; a longer event goes on in a further segment (RFC 4733 §2.5.1.3). */
export const MAX_EVENT_DURATION = 0xffff;

const END_BIT = 0x80;
const VOLUME_MASK = 0x3f;

/** Digit of an event code; undefined for events that are no digit (flash, fax tones, ...). */
export const digitOfEvent = (event: number): string | undefined => DTMF_DIGITS[event];

export function writeTelephoneEvent(target: Uint8Array, offset: number, { event, end, volume, duration }: TelephoneEvent): void {
  target[offset] = event;
  target[offset + 1] = (end ? END_BIT : 0) | (volume & VOLUME_MASK);
  target[offset + 2] = duration >> 8;
  target[offset + 3] = duration & 0xff;
}

/**
 * Reads the first event of a payload into `into`, which the caller keeps for this; false when the payload is too short. Further
 * events of the same payload, which hardly anybody sends (RFC 4733 §2.5.1.5), are not looked at.
 */
export function readTelephoneEvent(bytes: Uint8Array, offset: number, length: number, into: TelephoneEvent): boolean {
  if (length < TELEPHONE_EVENT_BYTES || offset + TELEPHONE_EVENT_BYTES > bytes.length) return false;
  const flags = bytes[offset + 1] ?? 0;
  into.event = bytes[offset] ?? 0;
  into.end = (flags & END_BIT) !== 0;
  into.volume = flags & VOLUME_MASK;
  into.duration = ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0);
  return true;
}
