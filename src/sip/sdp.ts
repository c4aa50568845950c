/**
 * Session descriptions (RFC 8866), read into sections and written again without loss: what this program does not know stays as it
 * came. What the lines mean for audio is the business of `offer-answer.ts`.
 */

/** `o=` (RFC 8866 §5.2). Identifier and version are numbers too large for arithmetic in some peers, so they stay text. */
export interface SdpOrigin {
  readonly username: string;
  readonly sessionId: string;
  readonly sessionVersion: string;
  readonly addressType: 'IP4' | 'IP6';
  readonly address: string;
}

/** `c=` (RFC 8866 §5.7), the TTL of a multicast address left aside. */
export interface SdpConnection {
  readonly addressType: 'IP4' | 'IP6';
  readonly address: string;
}

/** `a=name` or `a=name:value`. */
export interface SdpAttribute {
  readonly name: string;
  readonly value?: string;
}

/** A line of a type without a field of its own: `b`, `i`, `k`, `u`, `e`, `p`, `t`, `r`, `z`. */
export interface SdpLine {
  readonly type: string;
  readonly value: string;
}

/** `m=` and what follows it. */
export interface SdpMedia {
  /** `audio`, `video`, `image`, ... */
  readonly kind: string;
  /** 0: refused, or not used. */
  readonly port: number;
  /** `m=audio 5004/2`: how many ports; 1 where nothing is written. */
  readonly portCount: number;
  /** `RTP/AVP`, `UDP/TLS/RTP/SAVPF`, ... as written. */
  readonly protocol: string;
  /** Payload types of RTP as written, in order of preference. */
  readonly formats: readonly string[];
  readonly connection?: SdpConnection;
  readonly attributes: readonly SdpAttribute[];
  readonly lines: readonly SdpLine[];
}

export interface SessionDescription {
  readonly origin: SdpOrigin;
  readonly name: string;
  readonly connection?: SdpConnection;
  readonly attributes: readonly SdpAttribute[];
  /** With the `t=` lines; where there is none `t=0 0` is written. */
  readonly lines: readonly SdpLine[];
  readonly media: readonly SdpMedia[];
}

/** A browser's offer with everything has about 150 lines a section. */
const MAX_LINES = 2000;
/** Our answer has a section for each of the offer's, so what is offered is bounded. */
const MAX_MEDIA = 32;
const MAX_PORT = 65_535;
/** The order of lines within the session and a media section (RFC 8866 §9); `o`, `s`, `c`, `a` are placed among them. */
const SESSION_ORDER = ['i', 'u', 'e', 'p', 'c', 'b', 't', 'r', 'z', 'k'];
const MEDIA_ORDER = ['i', 'c', 'b', 'k'];

interface Section {
  connection?: SdpConnection;
  readonly attributes: SdpAttribute[];
  readonly lines: SdpLine[];
}

/**
 * Reads a description; undefined if it is none. Line ends may be CRLF or LF; a missing `s=` or `t=` and an unknown line type are
 * forgiven, a broken `o=`, `c=` or `m=` is not.
 */
export function parseSdp(text: string): SessionDescription | undefined {
  const lines = text.split(/\r?\n/, MAX_LINES + 1);
  if (lines.length > MAX_LINES || lines[0]?.trimEnd() !== 'v=0') return undefined;
  const session: Section = { attributes: [], lines: [] };
  const media: (Section & Pick<SdpMedia, 'kind' | 'port' | 'portCount' | 'protocol' | 'formats'>)[] = [];
  let origin: SdpOrigin | undefined;
  let name = '-';
  for (const raw of lines.slice(1)) {
    const line = withoutReturns(raw);
    if (line === '') continue;
    const type = line[0] ?? '';
    const value = line.slice(2);
    if (line[1] !== '=' || !/^[a-z]$/.test(type) || value.includes('\r')) return undefined;
    const section = media.at(-1) ?? session;
    if (type === 'm') {
      const head = parseMedia(value);
      if (!head || media.length === MAX_MEDIA) return undefined;
      media.push({ ...head, attributes: [], lines: [] });
    } else if (type === 'o') {
      if (origin || media.length > 0) return undefined;
      origin = parseOrigin(value);
      if (!origin) return undefined;
    } else if (type === 's') name = value;
    else if (type === 'c') {
      const connection = parseConnection(value);
      if (!connection) return undefined;
      // Several `c=` of one section are the layers of a multicast stream; the first is the one that unicast has.
      section.connection ??= connection;
    } else if (type === 'a') section.attributes.push(parseAttribute(value));
    else section.lines.push({ type, value });
  }
  return origin && { origin, name, ...session, media };
}

function parseOrigin(value: string): SdpOrigin | undefined {
  const [username, sessionId, sessionVersion, network, type, address, more] = value.trimEnd().split(' ');
  const addressType = addressTypeOf(network, type);
  if (!username || !sessionId || !sessionVersion || !address || more !== undefined || !addressType) return undefined;
  return { username, sessionId, sessionVersion, addressType, address };
}

function parseConnection(value: string): SdpConnection | undefined {
  const [network, type, written, more] = value.trimEnd().split(' ');
  const addressType = addressTypeOf(network, type);
  const address = written?.split('/')[0];
  return addressType && address && more === undefined ? { addressType, address } : undefined;
}

function addressTypeOf(network: string | undefined, type: string | undefined): 'IP4' | 'IP6' | undefined {
  return network === 'IN' && (type === 'IP4' || type === 'IP6') ? type : undefined;
}

/** The Browser SDK takes lines out of a description and leaves their carriage returns at the line before (browser-sdk.md §7). */
function withoutReturns(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === '\r') end--;
  return line.slice(0, end);
}

function parseMedia(value: string): Pick<SdpMedia, 'kind' | 'port' | 'portCount' | 'protocol' | 'formats'> | undefined {
  const [kind, ports, protocol, ...formats] = value.trimEnd().split(/ +/);
  const match = /^([0-9]{1,5})(?:\/([0-9]{1,5}))?$/.exec(ports ?? '');
  const port = Number(match?.[1]);
  if (!kind || !match || port > MAX_PORT || !protocol || formats.length === 0) return undefined;
  return { kind, port, portCount: Number(match[2] ?? 1), protocol, formats };
}

function parseAttribute(value: string): SdpAttribute {
  const colon = value.indexOf(':');
  return colon === -1 ? { name: value.trimEnd() } : { name: value.slice(0, colon), value: value.slice(colon + 1).trimEnd() };
}

/** Writes a description, lines in the order the format demands. */
export function serializeSdp(session: SessionDescription): string {
  const { origin } = session;
  let text = `v=0\r\no=${origin.username} ${origin.sessionId} ${origin.sessionVersion} IN ${origin.addressType} ${origin.address}\r\n`;
  text += `s=${session.name === '' ? '-' : session.name}\r\n`;
  const timed = session.lines.some(({ type }) => type === 't');
  text += sectionText(
    { ...session, lines: timed ? session.lines : [...session.lines, { type: 't', value: '0 0' }] },
    SESSION_ORDER,
  );
  for (const media of session.media) {
    const ports = media.portCount === 1 ? media.port : `${media.port}/${media.portCount}`;
    text += `m=${media.kind} ${ports} ${media.protocol} ${media.formats.join(' ')}\r\n${sectionText(media, MEDIA_ORDER)}`;
  }
  return text;
}

function sectionText(section: Pick<SdpMedia, 'connection' | 'attributes' | 'lines'>, order: readonly string[]): string {
  const lines = [...section.lines];
  const { connection } = section;
  if (connection) lines.push({ type: 'c', value: `IN ${connection.addressType} ${connection.address}` });
  // Unknown types come last: they have no place in the order. `r=` repeats the `t=` before it, so both have one rank, where the sort keeps them as they came.
  const rank = ({ type }: SdpLine) => (order.includes(type) ? order.indexOf(type === 'r' ? 't' : type) : order.length);
  lines.sort((one, other) => rank(one) - rank(other));
  let text = '';
  for (const { type, value } of lines) text += `${type}=${value}\r\n`;
  for (const { name, value } of section.attributes) text += value === undefined ? `a=${name}\r\n` : `a=${name}:${value}\r\n`;
  return text;
}

/** The first attribute of the name: its value, '' for a flag, undefined if absent. */
export function attributeOf(section: Pick<SdpMedia, 'attributes'>, name: string): string | undefined {
  const attribute = section.attributes.find((candidate) => candidate.name === name);
  return attribute && (attribute.value ?? '');
}

/** The values of every attribute of the name. */
export const attributesOf = (section: Pick<SdpMedia, 'attributes'>, name: string): readonly string[] =>
  section.attributes.filter((candidate) => candidate.name === name).map(({ value }) => value ?? '');
