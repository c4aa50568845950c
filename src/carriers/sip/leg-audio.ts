import type { MediaEngine, MediaFlow, MediaLeg } from '../../media/media-engine.ts';
import type { Random } from '../../runtime/random.ts';
import type { AudioCodec } from '../../sip/audio-media.ts';
import type { Direction } from '../../sip/media-direction.ts';
import type { LocalKeys } from '../../sip/media-keys.ts';
import { isSecured, type LocalSecurity, offeredIceFragment } from '../../sip/media-security.ts';
import {
  answerAudioOffer,
  buildAudioOffer,
  type LocalAudio,
  type NegotiatedAudio,
  readAudioAnswer,
} from '../../sip/offer-answer.ts';
import { parseSdp, type SessionDescription, serializeSdp } from '../../sip/sdp.ts';
import { LegKeys } from './leg-keys.ts';
import type { SrtpPolicy } from './srtp-policy.ts';

/** What legs need of the media engine and of how this node is reached. */
export interface AudioServices {
  readonly media: MediaEngine;
  readonly random: Random;
  /** Address that goes into SDP. */
  readonly publicIp: string;
  /** Best first. */
  readonly codecs: readonly AudioCodec[];
}

const PTIME_MS = 20;
/** Best first. Browsers have no codec of telephony but G.711, and lose packets on the way as phones do not. */
const BROWSER_CODECS: readonly AudioCodec[] = ['OPUS', 'PCMU', 'PCMA'];
/** Session identifiers of 53 bits stay exact as numbers (RFC 8866 §5.2 asks for numeric strings). */
const SESSION_ID_BYTES = 6;

/** Whether an offer has audio that can be spoken here. */
export function canAnswer(offer: string, codecs: readonly AudioCodec[], srtp: SrtpPolicy = 'accepted'): boolean {
  const session = parseSdp(offer);
  if (session === undefined) return false;
  const security = isSecured(session) ? PROBE_SECURITY : undefined;
  const keys = keysFor(srtp, { offered: [], lineFor: (theirs) => theirs });
  return answerAudioOffer(session, { ...PROBE, codecs: security ? BROWSER_CODECS : codecs, security, keys }) !== undefined;
}

const keysFor = (srtp: SrtpPolicy, keys: Pick<LocalKeys, 'offered' | 'lineFor'>): LocalKeys | undefined =>
  srtp === 'forbidden' ? undefined : { ...keys, isRequired: srtp === 'required' };

/** Whether an offer is a browser's: its leg has to be a secured one. */
export function isSecuredOffer(offer: string): boolean {
  const session = parseSdp(offer);
  return session !== undefined && isSecured(session);
}

const PROBE_SECURITY: LocalSecurity = { iceFragment: '', icePassword: '', fingerprint: { algorithm: 'sha-256', value: '' } };
const PROBE: Omit<LocalAudio, 'codecs'> = {
  address: '127.0.0.1',
  port: 9,
  sessionId: '1',
  sessionVersion: '1',
  telephoneEvents: true,
  direction: 'sendrecv',
  ptimeMs: PTIME_MS,
};

interface LegAudioOptions {
  /** For a browser. */
  readonly secured?: boolean | undefined;
  /** Default: `accepted`. */
  readonly srtp?: SrtpPolicy | undefined;
  /** For the timeline: whether and how the audio is encrypted. Never with keys. */
  readonly note?: ((event: string, detail: Readonly<Record<string, unknown>>) => void) | undefined;
}

/** The audio of one leg: its RTP port, and the descriptions that were exchanged about it (RFC 3264). */
export class LegAudio {
  readonly media: MediaLeg;
  readonly #services: AudioServices;
  readonly #sessionId: string;
  /** Counts the descriptions sent: each has one more than the one before (RFC 3264 §8). */
  #version = 0;
  #direction: Direction = 'sendrecv';
  /** What we have said last: an offer, or an answer that is repeated to refresh the session. */
  #described: SessionDescription | undefined;
  /** The peer's description in force. */
  #inForce: string | undefined;
  /** Of the peer, in the description in force. */
  #remoteFragment: string | undefined;
  readonly #note: NonNullable<LegAudioOptions['note']>;
  #srtp: SrtpPolicy;
  #keys: LegKeys;
  #offersKeys = false;

  private constructor(media: MediaLeg, services: AudioServices, { srtp = 'accepted', note = () => undefined }: LegAudioOptions) {
    this.media = media;
    this.#services = services;
    this.#note = note;
    this.#srtp = srtp;
    this.#keys = new LegKeys(services.random);
    this.#sessionId = String(services.random.bytes(SESSION_ID_BYTES).readUIntBE(0, SESSION_ID_BYTES));
  }

  /** Takes a port. Rejects when none is free. */
  static async open(services: AudioServices, options: LegAudioOptions = {}): Promise<LegAudio> {
    return new LegAudio(await services.media.openLeg({ secured: options.secured }), services, options);
  }

  /** Whom the next offer is made to is somebody else: they get keys of their own, and their answer is another, were it the same to the letter. */
  approach(srtp: SrtpPolicy): void {
    this.#srtp = srtp;
    this.#inForce = undefined;
    this.#keys = new LegKeys(this.#services.random);
  }

  /** What we want from the next offer or answer on: `sendonly` and `inactive` hold the far end. */
  set direction(direction: Direction) {
    this.#direction = direction;
  }

  /** What we offer. `encrypted`: with keys; by default where audio in clear is not allowed, or there are keys in force. */
  offer(encrypted = this.#srtp === 'required' || this.#keys.inForce !== undefined): string {
    this.#version++;
    this.#offersKeys = encrypted;
    this.#described = buildAudioOffer(this.#local(encrypted));
    return serializeSdp(this.#described);
  }

  /** Our answer to an offer, and audio flows as agreed; undefined when nothing of it can be spoken here. */
  answer(offer: string): string | undefined {
    const session = parseSdp(offer);
    this.#version++;
    const fragment = session && offeredIceFragment(session);
    if (this.#remoteFragment !== undefined && fragment !== undefined && fragment !== this.#remoteFragment)
      this.media.restartIce();
    const answered = session && answerAudioOffer(session, this.#local(false));
    if (!answered) return undefined;
    this.#inForce = offer;
    this.#described = answered.answer;
    this.#offersKeys = false;
    this.#flow(answered.audio);
    return serializeSdp(answered.answer);
  }

  /** Takes the answer to our offer; false when it cannot be used. What is in force already stays so: an offer that was answered, too. */
  take(answer: string): boolean {
    if (answer === this.#inForce) return true;
    const session = parseSdp(answer);
    const audio = session && this.#described && readAudioAnswer(this.#described, session, this.#local(false));
    if (!audio) return false;
    this.#inForce = answer;
    if (!audio.keys && !audio.security && this.#offersKeys) this.#note('srtp_ignored', {});
    this.#flow(audio);
    return true;
  }

  #local(offersKeys: boolean): LocalAudio {
    const { publicIp, codecs } = this.#services;
    const { security } = this.media;
    return {
      address: publicIp,
      port: this.media.localPort,
      sessionId: this.#sessionId,
      sessionVersion: String(this.#version),
      codecs: security ? BROWSER_CODECS : codecs,
      // The Browser SDK takes them out of every description (browser-sdk.md §7).
      telephoneEvents: security === undefined,
      direction: this.#direction,
      ptimeMs: PTIME_MS,
      security: security && {
        iceFragment: security.credentials.fragment,
        icePassword: security.credentials.password,
        fingerprint: security.fingerprint,
      },
      keys: security ? undefined : keysFor(this.#srtp, this.#keys.local(offersKeys)),
    };
  }

  #flow({ security, keys, ...audio }: NegotiatedAudio): void {
    this.#remoteFragment = security?.iceFragment;
    const before = this.#keys.inForce;
    this.#keys.agreed(keys);
    const flow: MediaFlow = {
      ...audio,
      telephoneEventPayloadType: audio.telephoneEventPayloadType,
      ...(security && { fingerprint: security.fingerprint }),
      ...(keys && {
        srtp: {
          suite: keys.own.suite,
          ownKey: keys.own.key,
          peerKey: keys.peer.key,
          peerMkiBytes: keys.peer.mkiBytes,
        },
      }),
    };
    this.media.setFlow(flow);
    if (keys && (keys.own.key !== before?.own.key || keys.peer.key !== before.peer.key)) {
      this.#note('media_encrypted', { suite: keys.own.suite, keys: before ? 'renewed' : 'new' });
    } else if (before && !keys) this.#note('media_in_clear', {});
  }
}
