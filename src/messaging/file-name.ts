/** Longest name that common file systems take. */
const MAX_LENGTH = 255;

/**
 * A file name from outside, made fit to be stored and shown: the last path element, without control characters and without the
 * marks that turn the direction of text around (they make `gpj.exe` look like `exe.jpg`). May come out empty.
 */
export function cleanFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  return last
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
    .slice(0, MAX_LENGTH)
    .toWellFormed();
}

/**
 * `Content-Disposition` (RFC 6266) for a name as `cleanFileName` returns it: a quoted ASCII form for old readers and the exact name
 * percent-encoded (RFC 8187), so that nothing in a name can end the header or add another.
 */
export function contentDisposition(kind: 'inline' | 'attachment', name: string): string {
  if (name === '') return kind;
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
