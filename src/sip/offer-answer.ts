import { isIP } from 'node:net';
import {
  type AudioCodec,
  attributesOfCodec,
  codecFormats,
  EVENT_RANGE_FULL,
  eventFormat,
  OFFERED_EVENT_TYPE,
  OFFERED_TYPES,
  ptimeOf,
} from './audio-media.ts';
import { cryptoAttribute } from './crypto-attribute.ts';
import { commonDirection, type Direction, directionOf, reversed } from './media-direction.ts';
import { type AgreedKeys, isKeyed, KEYED_PROFILE, keysOfAnswer, keysOfOffer, type LocalKeys } from './media-keys.ts';
import {
  type LocalSecurity,
  OFFERED_MID,
  type RemoteSecurity,
  readSecurity,
  SECURED_PROFILE,
  securityAttributes,
  securitySession,
} from './media-security.ts';
import {
  attributeOf,
  parseSdp,
  type SdpAttribute,
  type SdpConnection,
  type SdpMedia,
  type SessionDescription,
  serializeSdp,
} from './sdp.ts';

/** Offer and answer for one audio stream (RFC 3264): what to say in SDP, and what has been agreed. */

/** Our side of a session. */
export interface LocalAudio {
  /** Where we receive: an IP address. */
  readonly address: string;
  readonly port: number;
  /** Where we receive RTCP; `port + 1` if absent (RFC 3605). */
  readonly rtcpPort?: number;
  /** `o=` of the session: the identifier stays, the version rises by one with every change (RFC 3264 §8). Decimal numbers. */
  readonly sessionId: string;
  readonly sessionVersion: string;
  /** What we can do, best first. */
  readonly codecs: readonly AudioCodec[];
  /** Whether DTMF goes as telephone-event (RFC 4733). */
  readonly telephoneEvents: boolean;
  /** What we want; the answer never exceeds what the offer allows. */
  readonly direction: Direction;
  /** Milliseconds of audio a packet that we like to receive. */
  readonly ptimeMs: number;
  /** For a browser: nothing else is offered and taken. */
  readonly security?: LocalSecurity | undefined;
  /** Keys in SDP; without them only plain RTP is offered and taken. */
  readonly keys?: LocalKeys | undefined;
}

/** What both sides have agreed, as seen from here. */
export interface NegotiatedAudio {
  readonly codec: AudioCodec;
  /** To send; both sides use the numbers of the side that receives, which here are the same. */
  readonly payloadType: number;
  /** Absent when the peer has no telephone-event. */
  readonly telephoneEventPayloadType?: number;
  readonly remoteAddress: string;
  /** 0 when the peer refused the stream. */
  readonly remotePort: number;
  readonly remoteRtcpPort: number;
  /** `recvonly` and `inactive`: nothing is to be sent. An on-hold peer is one to which we are `recvonly` or `inactive`. */
  readonly direction: Direction;
  /** Milliseconds of audio a packet that the peer likes to receive. */
  readonly ptimeMs: number;
  /** On secured sections. Their addresses are hints: ICE finds the one that is used. */
  readonly security?: RemoteSecurity | undefined;
  /** Where the audio is encrypted with keys of SDP. */
  readonly keys?: AgreedKeys | undefined;
}

const PLAIN_PROFILE = 'RTP/AVP';

/** The description that offers our audio. */
export function buildAudioOffer(local: LocalAudio): SessionDescription {
  const codecs = local.codecs.map((codec) => ({ codec, payloadType: OFFERED_TYPES[codec] }));
  const event = local.telephoneEvents ? { payloadType: OFFERED_EVENT_TYPE, range: EVENT_RANGE_FULL } : undefined;
  const mid = local.security && OFFERED_MID;
  const offered = local.keys?.offered ?? [];
  const protocol = local.security ? SECURED_PROFILE : offered.length > 0 ? KEYED_PROFILE : PLAIN_PROFILE;
  const media = audioMedia(local, codecs, event, local.direction, { isOffer: true, mid, protocol });
  const attributes = [...offered.map(cryptoAttribute), ...media.attributes];
  return describe(local, [{ ...media, attributes }], mid);
}

/**
 * Answers an offer: the first of our codecs that it has, by the offer's payload types, in its first usable audio section; every other
 * section is refused with port 0. Undefined if nothing of it is usable: the call is refused with 488.
 */
export function answerAudioOffer(
  offer: SessionDescription,
  local: LocalAudio,
): { readonly answer: SessionDescription; readonly audio: NegotiatedAudio } | undefined {
  for (const [index, media] of bestFirst(offer.media, local)) {
    const remote = readRemote(offer, media, local, (section) => keysOfOffer(section, local.keys));
    if (!remote || media.port === 0) continue;
    const chosen = chooseCodec(media, local.codecs);
    if (!chosen) continue;
    const direction = commonDirection(local.direction, reversed(remote.direction));
    const event = local.telephoneEvents ? eventsBeside(chosen, media) : undefined;
    const mid = local.security && attributeOf(media, 'mid');
    const protocol = local.security ? SECURED_PROFILE : media.protocol;
    const section = audioMedia(local, [chosen], event, direction, { isOffer: false, mid, protocol });
    const attributes = [...(remote.keys ? [cryptoAttribute(remote.keys.own)] : []), ...section.attributes];
    const own = { ...section, attributes };
    const answer = describe(
      local,
      offer.media.map((other, at) => (at === index ? own : refused(other))),
      mid,
    );
    return { answer, audio: negotiated(chosen, event?.payloadType, remote, direction) };
  }
  return undefined;
}

/** Who offers audio in clear and encrypted (two sections, which are both meant for one stream) is taken at the better word. */
function bestFirst(media: readonly SdpMedia[], { keys }: LocalAudio): readonly (readonly [number, SdpMedia])[] {
  const sections = [...media.entries()];
  return keys ? sections.sort(([, one], [, other]) => Number(isKeyed(other)) - Number(isKeyed(one))) : sections;
}

/** Answers an offer by turning down every section of it; undefined if it cannot be read. */
export function refuseAudioOffer(offer: string): string | undefined {
  const session = parseSdp(offer);
  if (session === undefined) return undefined;
  const origin = { username: '-', sessionId: '0', sessionVersion: '0', addressType: 'IP4', address: '0.0.0.0' } as const;
  return serializeSdp({ origin, name: '-', attributes: [], lines: [], media: session.media.map(refused) });
}

/**
 * What the answer to an offer of ours has agreed. Undefined if it is unusable (no codec of the offer, audio refused, other sections
 * than were offered): the call cannot go on.
 */
export function readAudioAnswer(
  offer: SessionDescription,
  answer: SessionDescription,
  local: LocalAudio,
): NegotiatedAudio | undefined {
  const index = offer.media.findIndex(({ kind, port }) => kind === 'audio' && port !== 0);
  const offered = offer.media[index];
  const media = answer.media[index];
  if (!offered || !media || answer.media.length !== offer.media.length || media.port === 0) return undefined;
  const remote = readRemote(answer, media, local, (section) => keysOfAnswer(section, offered, local.keys));
  // The order is the answerer's: it sends the first.
  const chosen = codecFormats(media).find(({ codec }) => local.codecs.includes(codec));
  if (!remote || !chosen) return undefined;
  const event = local.telephoneEvents ? eventsBeside(chosen, media) : undefined;
  return negotiated(chosen, event?.payloadType, remote, commonDirection(local.direction, reversed(remote.direction)));
}

/** Events have the clock of the audio (RFC 4733 §2.1): beside Opus digits come by INFO, or in the audio. */
const eventsBeside = ({ codec }: CodecChoice, media: SdpMedia) => (codec === 'OPUS' ? undefined : eventFormat(media));

interface CodecChoice {
  readonly codec: AudioCodec;
  readonly payloadType: number;
}

function chooseCodec(media: SdpMedia, preferences: readonly AudioCodec[]): CodecChoice | undefined {
  const offered = codecFormats(media);
  for (const codec of preferences) {
    const format = offered.find((candidate) => candidate.codec === codec);
    if (format) return format;
  }
  return undefined;
}

interface Remote {
  readonly address: string;
  readonly port: number;
  readonly rtcpPort: number;
  /** As the peer sees it. */
  readonly direction: Direction;
  readonly ptimeMs: number;
  readonly security?: RemoteSecurity;
  readonly keys?: AgreedKeys;
}

/** The peer's side of an audio section; undefined if it is none that can be used here. */
function readRemote(
  session: SessionDescription,
  media: SdpMedia,
  local: LocalAudio,
  keysOf: (media: SdpMedia) => AgreedKeys | 'none' | undefined,
): Remote | undefined {
  if (media.kind !== 'audio') return undefined;
  if (local.security) return readSecuredRemote(session, media);
  const keys = keysOf(media);
  if (keys === undefined) return undefined;
  const connection = media.connection ?? session.connection;
  if (!connection || !isUnicast(connection)) return undefined;
  const stated = directionOf(media) ?? directionOf(session) ?? 'sendrecv';
  return {
    address: connection.address,
    port: media.port,
    rtcpPort: rtcpPortOf(media),
    // Hold as before RFC 3264: the unspecified address cannot be sent to, whatever the direction says (§8.4).
    direction: isUnspecified(connection.address) ? commonDirection(stated, 'sendonly') : stated,
    ptimeMs: ptimeOf(media),
    ...(keys !== 'none' && { keys }),
  };
}

/** A browser's addresses may be hidden, or none yet: ICE finds them. */
function readSecuredRemote(session: SessionDescription, media: SdpMedia): Remote | undefined {
  const security = readSecurity(session, media);
  if (!security) return undefined;
  const address = (media.connection ?? session.connection)?.address ?? '';
  return {
    address,
    port: media.port,
    rtcpPort: media.port,
    direction: directionOf(media) ?? directionOf(session) ?? 'sendrecv',
    ptimeMs: ptimeOf(media),
    security,
  };
}

/** Host names are not resolved: a peer that wants audio knows its address. */
function isUnicast({ addressType, address }: SdpConnection): boolean {
  if (isIP(address) !== (addressType === 'IP4' ? 4 : 6)) return false;
  return addressType === 'IP4' ? Number(address.split('.')[0]) < 224 : !/^ff/i.test(address);
}

const isUnspecified = (address: string): boolean => /^[0.]+$|^[0:]+$/.test(address);

/** `a=rtcp:port` (RFC 3605), else the port above. An address given with it is not followed: RTCP goes where RTP goes. */
function rtcpPortOf(media: SdpMedia): number {
  const match = /^([0-9]{1,5})(?: |$)/.exec(attributeOf(media, 'rtcp') ?? '');
  const port = Number(match?.[1] ?? media.port + 1);
  return port > 0 && port <= 65_535 ? port : media.port + 1;
}

function negotiated(chosen: CodecChoice, eventType: number | undefined, remote: Remote, direction: Direction): NegotiatedAudio {
  return {
    codec: chosen.codec,
    payloadType: chosen.payloadType,
    ...(eventType === undefined ? {} : { telephoneEventPayloadType: eventType }),
    remoteAddress: remote.address,
    remotePort: remote.port,
    remoteRtcpPort: remote.rtcpPort,
    direction,
    ptimeMs: remote.ptimeMs,
    ...(remote.security && { security: remote.security }),
    ...(remote.keys && { keys: remote.keys }),
  };
}

interface EventFormat {
  readonly payloadType: number;
  readonly range: string;
}

function audioMedia(
  local: LocalAudio,
  codecs: readonly CodecChoice[],
  event: EventFormat | undefined,
  direction: Direction,
  { isOffer, mid, protocol }: { readonly isOffer: boolean; readonly mid: string | undefined; readonly protocol: string },
): SdpMedia {
  const attributes: SdpAttribute[] = codecs.flatMap(attributesOfCodec);
  if (event) {
    attributes.push({ name: 'rtpmap', value: `${event.payloadType} telephone-event/8000` });
    attributes.push({ name: 'fmtp', value: `${event.payloadType} ${event.range}` });
  }
  attributes.push({ name: 'ptime', value: String(local.ptimeMs) }, { name: direction });
  if (local.rtcpPort !== undefined && local.rtcpPort !== local.port + 1) {
    attributes.push({ name: 'rtcp', value: String(local.rtcpPort) });
  }
  if (local.security) attributes.push(...securityAttributes(local.security, local, { isOffer, mid }));
  const formats = [...codecs.map(({ payloadType }) => payloadType), ...(event ? [event.payloadType] : [])].map(String);
  return { kind: 'audio', port: local.port, portCount: 1, protocol, formats, attributes, lines: [] };
}

function describe(local: LocalAudio, media: readonly SdpMedia[], mid?: string): SessionDescription {
  const connection: SdpConnection = { addressType: isIP(local.address) === 6 ? 'IP6' : 'IP4', address: local.address };
  const { sessionId, sessionVersion } = local;
  return {
    origin: { username: '-', sessionId, sessionVersion, ...connection },
    name: '-',
    connection,
    attributes: local.security ? securitySession(mid) : [],
    lines: [{ type: 't', value: '0 0' }],
    media,
  };
}

/** A section of the answer that turns one of the offer down (RFC 3264 §6): one format must stay, none of the attributes need to. */
const refused = ({ kind, protocol, formats }: SdpMedia): SdpMedia => ({
  kind,
  port: 0,
  portCount: 1,
  protocol,
  formats: formats.slice(0, 1),
  attributes: [],
  lines: [],
});
