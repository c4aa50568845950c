import { createCipheriv } from 'node:crypto';
import { HmacSha1 } from './hmac-sha1.ts';
import { Keystream } from './keystream.ts';
import { SALT_BYTES } from './srtp-suites.ts';

/** What encrypts and signs RTP or RTCP of one direction. */
export interface Protection {
  readonly stream: Keystream;
  readonly hmac: HmacSha1;
}

/** What that is made of (RFC 3711 §4.3). */
interface SessionKeys {
  /** As long as the master key. */
  readonly cipherKey: Buffer;
  readonly authenticationKey: Buffer;
  readonly salt: Buffer;
}

/** HMAC-SHA1 has a key of 160 bits in every suite (RFC 3711 §5.2). */
const AUTHENTICATION_KEY_BYTES = 20;
/** The labels of cipher key, authentication key and salt (RFC 3711 §4.3.2). */
const LABELS = { rtp: [0, 1, 2], rtcp: [3, 4, 5] } as const;
/** Where the label stands in the 112 bits that the master salt is mixed with; the key derivation rate is 0. */
const LABEL_AT = 7;

/** @param master key and salt, one behind the other */
export function protectionOf(master: Uint8Array, of: keyof typeof LABELS): Protection {
  const { cipherKey, salt, authenticationKey } = sessionKeys(master, of);
  return { stream: new Keystream(cipherKey, salt), hmac: new HmacSha1(authenticationKey) };
}

/** @param master key and salt, one behind the other */
export function sessionKeys(master: Uint8Array, of: keyof typeof LABELS): SessionKeys {
  const key = master.subarray(0, master.length - SALT_BYTES);
  const salt = master.subarray(master.length - SALT_BYTES);
  const [cipher, authentication, salting] = LABELS[of];
  return {
    cipherKey: derived(key, salt, cipher, key.length),
    authenticationKey: derived(key, salt, authentication, AUTHENTICATION_KEY_BYTES),
    salt: derived(key, salt, salting, SALT_BYTES),
  };
}

/** The first octets of the key stream that the label begins (RFC 3711 §4.3.3, RFC 6188 §3). */
function derived(key: Uint8Array, salt: Uint8Array, label: number, bytes: number): Buffer {
  const counter = Buffer.alloc(16);
  counter.set(salt);
  counter[LABEL_AT] = (counter[LABEL_AT] ?? 0) ^ label;
  return createCipheriv(`aes-${key.length * 8}-ctr`, key, counter).update(Buffer.alloc(bytes));
}
