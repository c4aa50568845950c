/** PostgreSQL text holds neither U+0000 nor half a surrogate pair; what comes from outside may hold both. */

const REPLACEMENT = '\ufffd';

export function storableText(text: string): string {
  return text.includes('\u0000') || !text.isWellFormed() ? text.replaceAll('\u0000', REPLACEMENT).toWellFormed() : text;
}

/** An escaped backslash, so that what follows it is no escape; or one of the two things that cannot be stored. */
const ESCAPES = /\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g;

/** `JSON.stringify` that can be stored. It escapes exactly what cannot, so one look over the text finds it. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (!text.includes('\\u0000') && !text.includes('\\ud')) return text;
  return text.replace(ESCAPES, (found) => (found === '\\\\' ? found : REPLACEMENT));
}
