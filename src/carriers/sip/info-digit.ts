/** The body that carries one digit by INFO; read by every peer that takes digits this way. */
export const INFO_DIGIT_TYPE = 'application/dtmf-relay';

export const formatInfoDigit = (digit: string, ms: number): string => `Signal=${digit}\r\nDuration=${ms}\r\n`;

/** `application/dtmf-relay` has `Signal=5`, `application/dtmf` the digit alone. Undefined for everything else. */
export function readInfoDigit(contentType: string, body: string): string | undefined {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  const text = type === 'application/dtmf-relay' ? /^\s*Signal\s*=\s*(\S+)/im.exec(body)?.[1] : body.trim();
  if (type !== 'application/dtmf-relay' && type !== 'application/dtmf') return undefined;
  if (text === undefined) return undefined;
  if (/^[0-9*#A-D]$/i.test(text)) return text.toUpperCase();
  // Some phones send the event numbers of RFC 4733.
  return text === '10' ? '*' : text === '11' ? '#' : undefined;
}
