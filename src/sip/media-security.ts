import { attributeOf, attributesOf, type SdpAttribute, type SdpMedia, type SessionDescription } from './sdp.ts';

/** What SDP says of secured media (RFC 8839, RFC 8842, RFC 8122): ICE credentials, certificate, DTLS role. */

/** This side of a secured section. */
export interface LocalSecurity {
  readonly iceFragment: string;
  readonly icePassword: string;
  readonly fingerprint: SdpFingerprint;
}

export interface SdpFingerprint {
  readonly algorithm: 'sha-256' | 'sha-384' | 'sha-512';
  /** Octets in hexadecimal, separated by colons. */
  readonly value: string;
}

/** The peer's side. */
export interface RemoteSecurity {
  readonly fingerprint: SdpFingerprint;
  /** Another one than before: the peer has restarted ICE (RFC 8839 §4.4.1.1.1). */
  readonly iceFragment: string;
}

/** The profile of WebRTC, and names that mean the same to peers of long standing (RFC 8829 §5.1.2). */
export const SECURED_PROFILE = 'UDP/TLS/RTP/SAVPF';
const SECURED_PROFILES: ReadonlySet<string> = new Set([SECURED_PROFILE, 'UDP/TLS/RTP/SAVP', 'RTP/SAVPF']);
/** Who offers is asked to leave the role open; this side waits for the handshake (RFC 8842 §5.3). */
const OFFERED_SETUP = 'actpass';
const OWN_SETUP = 'passive';
/** Of a host candidate of the only component on the only address (RFC 8445 §5.1.2.1). */
const PRIORITY = 2_130_706_431;
/** Of hash functions that are not broken; `sha-1` is. */
const FINGERPRINT = /^(sha-256|sha-384|sha-512) +((?:[0-9a-f]{2}:){31,63}[0-9a-f]{2})$/i;
const FRAGMENT = /^[A-Za-z0-9+/]{4,256}$/;

/** Whether a browser's audio section is what this offers. `RTP/SAVPF` is also the name of keys in SDP (RFC 4568): then it has no certificate. */
export const isSecured = (session: SessionDescription): boolean => {
  const audio = session.media.find(({ kind, port }) => kind === 'audio' && port !== 0);
  if (audio === undefined || !SECURED_PROFILES.has(audio.protocol)) return false;
  if (audio.protocol !== 'RTP/SAVPF' || attributeOf(audio, 'crypto') === undefined) return true;
  return (attributeOf(audio, 'fingerprint') ?? attributeOf(session, 'fingerprint')) !== undefined;
};

/** The peer's side of a section; undefined where something is missing that is needed. */
export function readSecurity(session: SessionDescription, media: SdpMedia): RemoteSecurity | undefined {
  if (!SECURED_PROFILES.has(media.protocol)) return undefined;
  const fingerprint = [...attributesOf(media, 'fingerprint'), ...attributesOf(session, 'fingerprint')]
    .map((value) => FINGERPRINT.exec(value))
    .find((match) => match !== null);
  const algorithm = (['sha-256', 'sha-384', 'sha-512'] as const).find((name) => name === fingerprint?.[1]?.toLowerCase());
  const value = fingerprint?.[2];
  const iceFragment = attributeOf(media, 'ice-ufrag') ?? attributeOf(session, 'ice-ufrag') ?? '';
  const setup = attributeOf(media, 'setup') ?? attributeOf(session, 'setup') ?? OFFERED_SETUP;
  // Without `rtcp-mux` a second transport would be needed, which no browser asks for any more (RFC 8834 §4.5).
  if (algorithm === undefined || value === undefined || !FRAGMENT.test(iceFragment)) return undefined;
  if (setup === 'passive' || attributeOf(media, 'rtcp-mux') === undefined) return undefined;
  return { fingerprint: { algorithm, value }, iceFragment };
}

/** The ICE user fragment of a description; undefined where it has none. */
export function offeredIceFragment(session: SessionDescription): string | undefined {
  const audio = session.media.find(({ kind, port }) => kind === 'audio' && port !== 0);
  return (audio && attributeOf(audio, 'ice-ufrag')) ?? attributeOf(session, 'ice-ufrag');
}

/** The attributes of our section, for an offer or an answer. One candidate: this side is reached where it says (ice-lite). */
export function securityAttributes(
  { iceFragment, icePassword, fingerprint }: LocalSecurity,
  place: { readonly address: string; readonly port: number },
  { isOffer, mid }: { readonly isOffer: boolean; readonly mid: string | undefined },
): readonly SdpAttribute[] {
  return [
    ...(mid === undefined ? [] : [{ name: 'mid', value: mid }]),
    { name: 'ice-ufrag', value: iceFragment },
    { name: 'ice-pwd', value: icePassword },
    { name: 'fingerprint', value: `${fingerprint.algorithm} ${fingerprint.value}` },
    { name: 'setup', value: isOffer ? OFFERED_SETUP : OWN_SETUP },
    { name: 'rtcp-mux' },
    { name: 'msid', value: 'ringdown audio' },
    { name: 'candidate', value: `1 1 udp ${PRIORITY} ${place.address} ${place.port} typ host` },
    { name: 'end-of-candidates' },
  ];
}

/** The attributes of a session with secured sections; with `mid` they are one bundle (RFC 9143), the only one that is offered. */
export const securitySession = (mid: string | undefined): readonly SdpAttribute[] => [
  { name: 'ice-lite' },
  ...(mid === undefined ? [] : [{ name: 'group', value: `BUNDLE ${mid}` }]),
  { name: 'msid-semantic', value: 'WMS ringdown' },
];

/** Names the only section of our offers. */
export const OFFERED_MID = '0';
