import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { ordinaryMessages } from '../../testkit/sip-messages.ts';
import { tortureMessage, tortureNames } from '../../testkit/sip-torture/torture.ts';
import { parseContact } from './contact.ts';
import { parseAuthParameters, parseDigest } from './digest.ts';
import { parseChallenge } from './digest-client.ts';
import { parseDiversion } from './diversion.ts';
import { parseMediaType } from './media-type.ts';
import type { SipMessage } from './message.ts';
import { formatNameAddress, parseNameAddress, tagOf, withTag } from './name-address.ts';
import { answerAudioOffer, type LocalAudio } from './offer-answer.ts';
import { SipParseError } from './parse-error.ts';
import { parseMessage } from './parser.ts';
import { parseReason } from './reason.ts';
import { parseReferTo, parseReplaces } from './refer.ts';
import { parseRAck, parseRSeq } from './reliable-provisional.ts';
import { parseSdp, serializeSdp } from './sdp.ts';
import { SipSerializeError, serializeMessage } from './serializer.ts';
import { parseDeltaSeconds, parseRetryAfter, parseSessionExpires } from './session-timer.ts';
import { SipStreamParser } from './stream-parser.ts';
import { tokenList } from './token-list.ts';
import { equalUris, formatUri, isUri, parseUri } from './uri.ts';
import { validateRequest, validateResponse } from './validate.ts';
import { parseVia, transactionBranch } from './via.ts';

/** Mutated messages in all. */
const MESSAGES = 100_000;
/** CPU time. A message takes 0.1 ms, catastrophic backtracking seconds; this leaves room for a collection of garbage. */
const MAX_MESSAGE_MS = 400;
const SEED = Number(process.env.FUZZ_SEED ?? 4475);

const seeds: readonly Buffer[] = [...tortureNames.map(tortureMessage), ...ordinaryMessages()];
const local: LocalAudio = {
  address: '192.0.2.1',
  port: 20_000,
  sessionId: '1',
  sessionVersion: '1',
  codecs: ['PCMU', 'PCMA', 'G722'],
  telephoneEvents: true,
  direction: 'sendrecv',
  ptimeMs: 20,
};
const readers: readonly ((value: string) => unknown)[] = [
  parseVia,
  parseContact,
  parseUri,
  isUri,
  parseDiversion,
  parseReferTo,
  parseReplaces,
  parseReason,
  parseRAck,
  parseRSeq,
  parseSessionExpires,
  parseDeltaSeconds,
  parseRetryAfter,
  parseMediaType,
  parseDigest,
  parseAuthParameters,
  parseChallenge,
  tagOf,
  (value) => withTag(value, 'x'),
];

/** CPU time of this process: other work of the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Fragments that have broken parsers of text protocols before. */
const FRAGMENTS = [
  '\r\n',
  '\r\n\r\n',
  '\r\n ',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  ',,',
  '"',
  '\\',
  '<',
  '>',
  '@',
  '%',
  '%00',
  '%2',
  '?',
  '=',
  '=;',
  '[',
  ']',
  '[::1]',
  '*',
  '-1',
  '0',
  '4294967296',
  '99999999999999999999999999',
  '1e9',
  'SIP/2.0',
  'SIP/',
  'Content-Length: 5\r\n',
  'l: 99999999999\r\n',
  'Via: SIP/2.0/UDP \r\n',
  'Contact: *\r\n',
  'é',
  '\u{1f4de}',
  '__proto__',
  'constructor: x\r\n',
  'a=rtpmap:0',
  'm=audio 0 ',
  'c=IN IP6 ',
  'Digest ',
  'nonce="',
  'sip:',
  'tel:',
].map((text) => Buffer.from(text));

interface Mutation {
  readonly kind: number;
  readonly at: number;
  readonly length: number;
  readonly other: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.nat(7),
  at: fc.nat(0xffff),
  length: fc.nat(0xffff),
  other: fc.nat(0xffff),
});

function mutate(bytes: Buffer, { kind, at, length, other }: Mutation): Buffer {
  const from = bytes.length === 0 ? 0 : at % bytes.length;
  const to = Math.min(bytes.length, from + (length % 64));
  const before = bytes.subarray(0, from);
  const fragment = FRAGMENTS[other % FRAGMENTS.length] ?? Buffer.alloc(0);
  switch (kind) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (from < flipped.length) flipped[from] = other & 0xff;
      return flipped;
    }
    case 1:
      return before;
    case 2:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    case 3: {
      const donor = seeds[other % seeds.length] ?? bytes;
      return Buffer.concat([before, donor.subarray(length % donor.length)]);
    }
    case 4:
      return Buffer.concat([before, fragment, bytes.subarray(from)]);
    case 5:
      return Buffer.concat([before, fragment, bytes.subarray(to)]);
    case 6:
      // Now and then a great many of one fragment: what repeats is where backtracking would hurt.
      return Buffer.concat([
        before,
        Buffer.from(fragment.toString().repeat(other % 97 === 0 ? 8000 : length % 40)),
        bytes.subarray(from),
      ]);
    default:
      return repeatLine(bytes, from, 1 + (length % 4));
  }
}

/** The header line around `at`, repeated. */
function repeatLine(bytes: Buffer, at: number, times: number): Buffer {
  const start = at === 0 ? 0 : bytes.lastIndexOf('\r\n', at - 1) + 2;
  const found = bytes.indexOf('\r\n', at);
  const end = found === -1 ? bytes.length : found + 2;
  return Buffer.concat([
    bytes.subarray(0, end),
    ...new Array<Buffer>(times).fill(bytes.subarray(Math.min(start, end), end)),
    bytes.subarray(end),
  ]);
}

function parseOrRefuse(bytes: Buffer): SipMessage | undefined {
  try {
    return parseMessage(bytes);
  } catch (error) {
    if (!(error instanceof SipParseError)) throw error;
    error.answer?.request.headers.get('Via');
    return undefined;
  }
}

/** Everything that the program does with a message before it means anything. */
function exercise(message: SipMessage): void {
  if (message.kind === 'request') {
    validateRequest(message, { supported: new Set() });
    exerciseUri(message.uri);
  } else validateResponse(message);
  for (const [name, value] of message.headers) {
    const reader = name.charCodeAt(0) + value.length;
    // Every reader gets every kind of value; three for each keep the run short.
    for (let index = 0; index < 3; index++) readers[(reader + index * 7) % readers.length]?.(value);
    const address = parseNameAddress(value);
    if (address) {
      exerciseUri(address.uri);
      assert.ok(parseNameAddress(formatNameAddress(address)), 'what is written can be read');
    }
    const via = name === 'Via' ? parseVia(value) : undefined;
    if (via) transactionBranch(via);
  }
  tokenList(message.headers, 'Supported');
  exerciseSdp(message.body.toString());
  try {
    serializeMessage(message);
  } catch (error) {
    if (!(error instanceof SipSerializeError)) throw error;
  }
}

function exerciseUri(text: string): void {
  const uri = parseUri(text);
  assert.equal(isUri(text), uri !== undefined);
  if (!uri) return;
  assert.ok(parseUri(formatUri(uri)), 'what is written can be read');
  assert.ok(equalUris(text, text));
  equalUris(text, formatUri(uri));
}

function exerciseSdp(text: string): void {
  const offer = parseSdp(text);
  if (!offer) return;
  assert.ok(parseSdp(serializeSdp(offer)), 'what is written can be read');
  const answered = answerAudioOffer(offer, local);
  if (answered) assert.equal(answered.answer.media.length, offer.media.length);
}

/** The bytes in two or more pieces; returns how many messages, good or bad, the stream had. */
function exerciseStream(bytes: Buffer, cut: number): void {
  const parser = new SipStreamParser({ ping() {}, pong() {}, malformed: (error) => assert.ok(error instanceof SipParseError) });
  const at = bytes.length === 0 ? 0 : cut % bytes.length;
  for (const piece of [bytes.subarray(0, at), bytes.subarray(at)]) for (const message of parser.push(piece)) exercise(message);
}

it(`${MESSAGES} mutated messages end in a message or a SipParseError, each in no time (seed ${SEED})`, () => {
  let slowest = 0;
  const runs = fc.property(
    fc.nat(seeds.length - 1),
    fc.array(mutation, { minLength: 1, maxLength: 4 }),
    fc.nat(),
    (seed, mutations, cut) => {
      const bytes = mutations.reduce(mutate, seeds[seed] ?? Buffer.alloc(0));
      const start = cpuMs();
      const message = parseOrRefuse(bytes);
      if (message) exercise(message);
      exerciseStream(bytes, cut);
      const took = cpuMs() - start;
      slowest = Math.max(slowest, took);
      assert.ok(took < MAX_MESSAGE_MS, `took ${took} ms`);
    },
  );
  fc.assert(runs, { seed: SEED, numRuns: MESSAGES });
  console.log(`seed ${SEED}, slowest message ${slowest.toFixed(1)} ms`);
});
