import { capabilities } from '../../sip/calls/session.ts';
import type { IncomingRequest } from '../../sip/request-core.ts';
import { parseSipUri } from '../../sip/uri.ts';

/** The user that the Browser SDK asks about itself (browser-sdk.md §2). */
const ADMIN = 'admin';
const ADDRESS_QUERY = 'ipAddress';

/**
 * OPTIONS. The Browser SDK's keep-alive takes 404 for health, and any other answer, 200 included, for a connection to be thrown away
 * (browser-sdk.md §2).
 */
export function answerOptions(incoming: IncomingRequest): void {
  if (isForAdmin(incoming)) incoming.respond(404);
  else incoming.respond(200, { headers: capabilities() });
}

/** MESSAGE: the Browser SDK asks for its own address before it registers. Text between phones is not carried. */
export function answerMessage(incoming: IncomingRequest): void {
  const { request, source } = incoming;
  if (isForAdmin(incoming) && request.body.toString('latin1').trim() === ADDRESS_QUERY)
    incoming.respond(200, { body: { type: 'text/plain', content: Buffer.from(source.address) } });
  else incoming.respond(405, { headers: capabilities() });
}

const isForAdmin = ({ request }: IncomingRequest): boolean => parseSipUri(request.uri)?.user === ADMIN;
