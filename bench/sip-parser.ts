/**
 * What a SIP message costs: parse, validate and serialize an ordinary INVITE with its SDP. `node bench/sip-parser.ts`
 */
import { parseNameAddress } from '../src/sip/name-address.ts';
import { parseMessage } from '../src/sip/parser.ts';
import { parseSdp } from '../src/sip/sdp.ts';
import { serializeMessage } from '../src/sip/serializer.ts';
import { SipStreamParser } from '../src/sip/stream-parser.ts';
import { parseUri } from '../src/sip/uri.ts';
import { validateRequest } from '../src/sip/validate.ts';
import { parseVia } from '../src/sip/via.ts';
import { ordinaryInvite } from '../testkit/sip-messages.ts';

const ROUNDS = 5;
const PER_ROUND = 100_000;
const rules = { supported: new Set<string>() };

function measure(what: string, work: () => unknown): void {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    for (let count = 0; count < PER_ROUND; count++) work();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / PER_ROUND);
  }
  console.log(`${what.padEnd(34)}${best.toFixed(2).padStart(8)} µs of CPU`);
}

const bytes = ordinaryInvite();
const message = parseMessage(bytes);
if (message.kind !== 'request') throw new Error('the sample is a request');
const sdp = message.body.toString();
const events = { ping() {}, pong() {}, malformed() {} };
const stream = new SipStreamParser(events);

console.log(
  `INVITE of ${bytes.length} bytes, ${[...message.headers].length} header entries; best of ${ROUNDS} rounds of ${PER_ROUND}`,
);
measure('parse a datagram', () => parseMessage(bytes));
measure('parse from a stream', () => stream.push(bytes));
measure('validate', () => validateRequest(message, rules));
measure('serialize', () => serializeMessage(message));
measure('read a Via', () => parseVia(message.headers.get('Via') ?? ''));
measure('read a From', () => parseNameAddress(message.headers.get('From') ?? ''));
measure('read a URI', () => parseUri(message.uri));
measure('read the SDP', () => parseSdp(sdp));
