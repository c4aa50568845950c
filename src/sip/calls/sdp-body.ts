import { parseMediaType } from '../media-type.ts';
import type { SipMessage } from '../message.ts';

/** The session description that is the body of a message, as text; undefined when the body is none. */
export function sdpOf({ headers, body }: SipMessage): string | undefined {
  if (body.length === 0) return undefined;
  return parseMediaType(headers.get('Content-Type') ?? '')?.name === 'application/sdp' ? body.toString('utf8') : undefined;
}
