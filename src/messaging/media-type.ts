/**
 * What media may be, and whether bytes are what they claim to be. A type is believed only when the bytes carry its signature:
 * carriers and handsets reject mislabelled files, and a browser must never be handed a page under the name of a picture.
 */

type Signature = (bytes: Buffer) => boolean;

const startsWith =
  (signature: string | readonly number[], offset = 0): Signature =>
  (bytes) => {
    const expected = typeof signature === 'string' ? Buffer.from(signature, 'latin1') : Buffer.from(signature);
    return bytes.subarray(offset, offset + expected.length).equals(expected);
  };
const both =
  (one: Signature, other: Signature): Signature =>
  (bytes) =>
    one(bytes) && other(bytes);
const either =
  (...signatures: Signature[]): Signature =>
  (bytes) =>
    signatures.some((signature) => signature(bytes));

/** ISO 14496-12 §4.3: MP4, 3GP, 3G2, M4A and QuickTime open with a file type box. */
const isoMedia = startsWith('ftyp', 4);
/** ISO 11172-3 §2.4.1.3: sync word, a version that is not reserved, a layer (ADTS has none). */
const mpegAudioFrame: Signature = (bytes) => {
  const second = bytes[1] ?? 0;
  return bytes[0] === 0xff && (second & 0xe0) === 0xe0 && (second & 0x18) !== 0x08 && (second & 0x06) !== 0;
};
const mpegAudio = either(startsWith('ID3'), mpegAudioFrame);
const adts: Signature = (bytes) => bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xf6) === 0xf0;
const wav = both(startsWith('RIFF'), startsWith('WAVE', 8));
const ogg = startsWith('OggS');
const amr = startsWith('#!AMR');
const midi = startsWith('MThd');
const mpegVideo = either(startsWith([0, 0, 1, 0xba]), startsWith([0, 0, 1, 0xb3]));
/** Readers accept a PDF whose header lies within the first 1024 bytes (ISO 32000-1 annex H.3.4.1). */
const pdf: Signature = (bytes) => bytes.subarray(0, 1024).includes('%PDF-');
/** Compound file, which old Office documents are. */
const compoundFile = startsWith([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);

const utf16 = either(startsWith([0xff, 0xfe]), startsWith([0xfe, 0xff]));
/** Text in any 8-bit encoding has no control characters but white space and escape; UTF-16 says so with its mark. */
const text: Signature = (bytes) =>
  utf16(bytes) || !bytes.some((byte) => byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b);
const vcard: Signature = both(text, (bytes) => /^(?:\ufeff)?\s*BEGIN:VCARD/i.test(bytes.subarray(0, 64).toString('utf8')));

/** Every type that is taken, with what its bytes must look like (messaging.md §6: the types of the documentation and of the SDKs). */
const signatures: ReadonlyMap<string, Signature> = new Map([
  ['image/jpeg', startsWith([0xff, 0xd8, 0xff])],
  ['image/png', startsWith([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ['image/gif', either(startsWith('GIF87a'), startsWith('GIF89a'))],
  ['image/webp', both(startsWith('RIFF'), startsWith('WEBP', 8))],
  ['image/bmp', both(startsWith('BM'), startsWith([0, 0, 0, 0], 6))],
  ['image/tiff', either(startsWith([0x49, 0x49, 0x2a, 0]), startsWith([0x4d, 0x4d, 0, 0x2a]))],
  ['image/x-icon', startsWith([0, 0, 1, 0])],
  ['image/xcf', startsWith('gimp xcf ')],
  ['video/mp4', isoMedia],
  ['video/3gpp', isoMedia],
  ['video/3gpp2', isoMedia],
  ['video/quicktime', isoMedia],
  ['video/mpeg', mpegVideo],
  ['audio/mpeg', mpegAudio],
  ['audio/mp3', mpegAudio],
  ['audio/wav', wav],
  ['audio/wave', wav],
  ['audio/x-wav', wav],
  ['audio/vnd.wave', wav],
  ['audio/ogg', ogg],
  ['audio/mp4', isoMedia],
  ['audio/3gpp', isoMedia],
  ['audio/3gpp2', isoMedia],
  ['audio/aac', adts],
  ['audio/amr', amr],
  ['audio/amr-nb', amr],
  ['audio/amr-wb', amr],
  ['audio/midi', midi],
  ['audio/mid', midi],
  ['audio/x-midi', midi],
  ['audio/x-mid', midi],
  ['audio/sp-midi', midi],
  ['application/pdf', pdf],
  ['application/vnd.ms-excel', either(compoundFile, text)], // browsers on Windows give CSV files this type
  ['text/vcard', vcard],
  ['text/x-vcard', vcard],
  ['text/csv', text],
  ['text/plain', text],
]);

/** The type of what is none of the above: stored, and handed out as a download only. */
export const OPAQUE_TYPE = 'application/octet-stream';

/** Lower case and without parameters; spellings that mean a type of the table become that type. */
export function normaliseType(declared: string): string {
  const type = declared.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type === 'image/jpg' ? 'image/jpeg' : type === '' ? OPAQUE_TYPE : type;
}

export type TypeVerdict =
  | { readonly kind: 'accepted'; readonly type: string }
  | { readonly kind: 'unsupported'; readonly type: string }
  | { readonly kind: 'mismatch'; readonly type: string };

/**
 * Judges bytes by their declared type. A sender that knows no type says `application/octet-stream` (or nothing): then the bytes
 * alone decide, except that text has no signature and must be declared.
 */
export function judgeType(declared: string, content: Uint8Array): TypeVerdict {
  const type = normaliseType(declared);
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (type === OPAQUE_TYPE) {
    const found = [...signatures].find(([, signature]) => signature !== text && signature(bytes))?.[0];
    return found === undefined || found === 'application/vnd.ms-excel'
      ? { kind: 'unsupported', type }
      : { kind: 'accepted', type: found };
  }
  const signature = signatures.get(type);
  if (!signature) return { kind: 'unsupported', type };
  return signature(bytes) ? { kind: 'accepted', type } : { kind: 'mismatch', type };
}
