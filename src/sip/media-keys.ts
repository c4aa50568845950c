import { type CryptoLine, cryptoLinesOf } from './crypto-attribute.ts';
import { attributeOf, type SdpMedia } from './sdp.ts';

/** Offer and answer of the keys of SRTP in SDP (RFC 4568 §7.1). */

/** This side of a section whose keys are in SDP. */
export interface LocalKeys {
  /** Audio in clear is neither offered nor taken. */
  readonly isRequired: boolean;
  /** The lines of our offers; none = audio is offered in clear. */
  readonly offered: readonly CryptoLine[];
  /** Our line in the answer to one of theirs: same tag and suite, with a key of our own. */
  lineFor(theirs: CryptoLine): CryptoLine;
}

/** What each side encrypts with what it sends. Tag and suite are the same. */
export interface AgreedKeys {
  readonly own: CryptoLine;
  readonly peer: CryptoLine;
}

/** The profile of keys in SDP. With feedback (RFC 5124) it is the same to who gives none. */
export const KEYED_PROFILE = 'RTP/SAVP';
const KEYED_PROFILES: ReadonlySet<string> = new Set([KEYED_PROFILE, 'RTP/SAVPF']);
const PLAIN_PROFILE = 'RTP/AVP';

export const isKeyed = ({ protocol }: SdpMedia): boolean => KEYED_PROFILES.has(protocol);

/** What is found of keys: `none` = the audio is in clear; undefined = the section cannot be used here. */
type FoundKeys = AgreedKeys | 'none' | undefined;

/**
 * The first line of an offered section that can be used: the order is the peer's. A section of the plain profile with such lines is
 * encrypted as well, if the answer has one: so peers offer what they would like and do not insist on.
 */
export function keysOfOffer(media: SdpMedia, local: LocalKeys | undefined): FoundKeys {
  if (!isKeyed(media) && media.protocol !== PLAIN_PROFILE) return undefined;
  const peer = local && cryptoLinesOf(media)[0];
  if (peer) return { own: local.lineFor(peer), peer };
  return isKeyed(media) || local?.isRequired ? undefined : 'none';
}

/**
 * The answer to a section of ours has one of its lines, with the peer's key (RFC 4568 §7.1.3). Phones that know nothing of keys may
 * answer the profile without them, and mean audio in clear.
 */
export function keysOfAnswer(media: SdpMedia, offered: SdpMedia, local: LocalKeys | undefined): FoundKeys {
  if (!isKeyed(media) && media.protocol !== PLAIN_PROFILE) return undefined;
  const lines = cryptoLinesOf(offered);
  if (lines.length === 0) return isKeyed(media) ? undefined : 'none';
  for (const peer of cryptoLinesOf(media)) {
    const own = lines.find(({ tag, suite }) => tag === peer.tag && suite === peer.suite);
    if (own) return { own, peer };
  }
  return local?.isRequired === false && attributeOf(media, 'crypto') === undefined ? 'none' : undefined;
}
