import { Status } from './statuses.ts';

/**
 * Reads the fields of one PDU out of a buffer that may hold others (SMPP 3.4 §3.1). The first fault is kept in `fault` as the
 * command_status it deserves and every later read gives an empty value, so that decoding garbage neither throws nor allocates.
 */
export class FieldReader {
  readonly buffer: Buffer;
  readonly end: number;
  at: number;
  fault: number = Status.ok;

  constructor(buffer: Buffer, start: number, end: number) {
    this.buffer = buffer;
    this.at = start;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.at;
  }

  fail(status: number): void {
    if (this.fault === Status.ok) this.fault = status;
    this.at = this.end;
  }

  u8(): number {
    if (this.at >= this.end) {
      this.fail(Status.invalidCommandLength);
      return 0;
    }
    return this.buffer[this.at++] ?? 0;
  }

  u32(): number {
    if (this.end - this.at < 4) {
      this.fail(Status.invalidCommandLength);
      return 0;
    }
    const value = this.buffer.readUInt32BE(this.at);
    this.at += 4;
    return value;
  }

  /** C-octet string of at most `max` octets with its NUL. Some SMSCs leave the NUL out at the end of a PDU: the end serves as well. */
  cString(max: number): string {
    const limit = Math.min(this.end, this.at + max);
    let stop = this.at;
    while (stop < limit && this.buffer[stop] !== 0) stop++;
    if (stop === limit && limit !== this.end) {
      this.fail(Status.invalidParameterLength);
      return '';
    }
    const text = stop === this.at ? '' : this.buffer.toString('latin1', this.at, stop);
    this.at = Math.min(stop + 1, this.end);
    return text;
  }

  /** A view, not a copy. */
  octets(length: number): Buffer {
    if (this.end - this.at < length) {
      this.fail(Status.invalidParameterLength);
      return EMPTY;
    }
    const view = this.buffer.subarray(this.at, this.at + length);
    this.at += length;
    return view;
  }
}

export const EMPTY = Buffer.alloc(0);

/** Where encoders write: `reserve` makes sure of room at `at`, then octets go straight into `buffer` and `at` is moved past them. */
export interface PduSink {
  buffer: Buffer;
  at: number;
  /** After it `buffer` has at least `octets` free from `at` on; both may have changed. */
  reserve(octets: number): void;
}

/** Largest text of a C-octet field, its NUL not counted (SMPP 3.4 §5.2). */
export const fieldLimits = {
  systemId: 15,
  password: 8,
  systemType: 12,
  addressRange: 40,
  serviceType: 5,
  address: 20,
  time: 16,
  messageId: 64,
} as const;

/** Passwords longer than the specification's 8 characters are in use and accepted by most SMSCs. */
export const PASSWORD_TOLERATED = 64;

/** Writes a C-octet string at `at` and returns the offset behind its NUL. A text that cannot be such a string is the caller's fault. */
export function writeCString(buffer: Buffer, at: number, text: string, max: number): number {
  if (text.length > max) throw new RangeError(`C-octet string of ${text.length} characters where ${max} fit`);
  let offset = at;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0 || unit > 0xff) throw new RangeError('C-octet string with a character that is not one non-zero octet');
    buffer[offset++] = unit;
  }
  buffer[offset++] = 0;
  return offset;
}

/** A sink for one PDU at a time, for tests and tools. */
export class BufferSink implements PduSink {
  buffer: Buffer = Buffer.allocUnsafe(256);
  at = 0;

  reserve(octets: number): void {
    if (this.buffer.length - this.at >= octets) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + octets));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }

  /** What has been written since the last call; the sink starts anew. */
  take(): Buffer {
    const octets = Buffer.from(this.buffer.subarray(0, this.at));
    this.at = 0;
    return octets;
  }
}
