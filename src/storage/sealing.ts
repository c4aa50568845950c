import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Encrypts what must not be readable in the database or a backup of it: auth tokens, carrier passwords (design rule 8). */
export interface Sealing {
  /** Base64 text: version byte, 96-bit nonce, ciphertext, 128-bit tag (AES-256-GCM, NIST SP 800-38D). */
  seal(secret: string): string;
  /** Throws when the text was sealed with another instance key or has been changed. */
  unseal(sealed: string): string;
  /** A key of 32 bytes for one purpose, the same each time (HKDF-SHA256, RFC 5869): whoever has it has neither the instance key nor another. */
  keyFor(purpose: string): Buffer;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

export function createSealing(key: Buffer): Sealing {
  if (key.length !== KEY_BYTES) throw new Error(`The instance key must be ${KEY_BYTES} bytes of hexadecimal digits.`);
  return {
    seal(secret) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), nonce, text, cipher.getAuthTag()]).toString('base64');
    },
    unseal(sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      if (bytes.length < 1 + NONCE_BYTES + TAG_BYTES || bytes[0] !== VERSION) throw new Error('not a sealed value');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
      const text = bytes.subarray(1 + NONCE_BYTES, bytes.length - TAG_BYTES);
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
    },
    keyFor: (purpose) => Buffer.from(hkdfSync('sha256', key, '', purpose, KEY_BYTES)),
  };
}

/** The key of this installation: from the environment where several nodes share a database, else a file of the data directory. */
export async function loadInstanceKey(dataDir: string, fromEnvironment: string | undefined): Promise<Buffer> {
  if (fromEnvironment) return Buffer.from(fromEnvironment, 'hex');
  const file = path.join(dataDir, 'instance.key');
  const found = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found) return Buffer.from(found.trim(), 'hex');
  const key = randomBytes(KEY_BYTES);
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, `${key.toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}
