import type { CallServices } from './calls/call-services.ts';
import { MAX_FORWARDS } from './calls/dialog.ts';
import { SipHeaders } from './headers.ts';
import { newCallId, newTag } from './identifiers.ts';
import type { NextHop } from './request-sender.ts';

/**
 * Asks a trunk or an endpoint by OPTIONS whether it is there (RFC 3261 §11): the status of its answer, whatever that is, shows life.
 * Undefined when nobody answers within 32 seconds or there is no way to it. Never rejects.
 */
export function probe(services: CallServices, uri: string, via: NextHop = { uri }): Promise<number | undefined> {
  const { identity, random, userAgent, sender } = services;
  const headers = new SipHeaders([
    ['Max-Forwards', MAX_FORWARDS],
    ['From', `<sip:${identity.host}>;tag=${newTag(random)}`],
    ['To', `<${uri}>`],
    ['Call-ID', newCallId(random)],
    ['CSeq', '1 OPTIONS'],
    ['Accept', 'application/sdp'],
    ['User-Agent', userAgent],
  ]);
  return new Promise((resolve) => {
    sender.send(
      { kind: 'request', method: 'OPTIONS', uri, headers, body: Buffer.alloc(0) },
      via,
      {
        onResponse: ({ status }) => {
          if (status >= 200) resolve(status);
        },
        onTimeout: () => resolve(undefined),
        onTransportError: () => resolve(undefined),
      },
      (request, flow) => request.headers.set('Contact', `<${identity.contactUri(flow.transport, undefined)}>`),
    );
  });
}
