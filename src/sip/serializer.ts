import type { SipMessage } from './message.ts';
import { isToken } from './scan.ts';

const LINE_END = '\r\n';

/** A message that must not be sent because its text would not arrive as the header it was meant to be. */
export class SipSerializeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SipSerializeError';
  }
}

/**
 * Writes a message as it goes on the wire, UTF-8. `Content-Length` is always there and always right, whatever the headers say.
 *
 * @throws {SipSerializeError} if a name is no token, or a value, the URI or the reason phrase has a CR or LF in it: text from outside
 * must not become headers of ours
 */
export function serializeMessage(message: SipMessage): Buffer {
  let text = startLine(message);
  for (const [name, value] of message.headers) {
    if (name === 'Content-Length') continue;
    if (!isToken(name)) throw new SipSerializeError('A header name is not a token');
    if (hasLineBreak(value)) throw new SipSerializeError(`The value of ${name} contains a line break`);
    text += `${name}: ${value}${LINE_END}`;
  }
  text += `Content-Length: ${message.body.length}${LINE_END}${LINE_END}`;
  if (message.body.length === 0) return Buffer.from(text);
  const headLength = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(headLength + message.body.length);
  bytes.write(text, 'utf8');
  message.body.copy(bytes, headLength);
  return bytes;
}

function startLine(message: SipMessage): string {
  if (message.kind === 'request') {
    if (!isToken(message.method)) throw new SipSerializeError('The method is not a token');
    if (!/^[^\0-\x20\x7f]+$/.test(message.uri))
      throw new SipSerializeError('The Request-URI contains a blank or control character');
    return `${message.method} ${message.uri} SIP/2.0${LINE_END}`;
  }
  if (hasLineBreak(message.reason)) throw new SipSerializeError('The reason phrase contains a line break');
  if (!Number.isInteger(message.status) || message.status < 100 || message.status > 699) {
    throw new SipSerializeError('The status is not between 100 and 699');
  }
  return `SIP/2.0 ${message.status} ${message.reason}${LINE_END}`;
}

const hasLineBreak = (text: string): boolean => text.includes('\r') || text.includes('\n');
