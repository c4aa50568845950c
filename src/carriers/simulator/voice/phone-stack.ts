import type { MediaEngine } from '../../../media/media-engine.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Random } from '../../../runtime/random.ts';
import type { AudioCodec } from '../../../sip/audio-media.ts';
import type { IncomingInvite } from '../../../sip/calls/incoming-invite.ts';
import type { InviteOptions } from '../../../sip/calls/invite-client.ts';
import { parseNameAddress } from '../../../sip/name-address.ts';
import type { Network } from '../../../sip/network.ts';
import { createSipStack, type SipStack } from '../../../sip/sip-stack.ts';
import type { Target } from '../../../sip/transports/flow.ts';
import { parseUri } from '../../../sip/uri.ts';
import type { SrtpPolicy } from '../../sip/srtp-policy.ts';
import { PhoneCall, type PhoneCallParties, type PhoneCallServices } from './phone-call.ts';
import { VanishingNetwork } from './vanishing-network.ts';

export interface PhoneStackOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly media: MediaEngine;
  /** Where SIP and audio are bound, and what is told to peers: an IP address. */
  readonly address: string;
  /** UDP port; any by default. */
  readonly port?: number;
  readonly userAgent: string;
  readonly codecs?: readonly AudioCodec[];
  /** Whether audio is encrypted; by default where the far end offers it. */
  readonly srtp?: SrtpPolicy | undefined;
  /** Whether INVITEs to this user get no reaction at all. */
  readonly isDead?: (user: string) => boolean;
  readonly onError: (error: unknown) => void;
}

/** Calls at once on one stack; more get 503. */
const MOST_CALLS = 5_000;

/** SIP and media under virtual phones: a stack of its own on UDP, whose calls can vanish. */
export class PhoneStack {
  readonly sip: SipStack;
  readonly services: PhoneCallServices;
  readonly #address: string;

  constructor(options: PhoneStackOptions) {
    const { clock, random, media, address, codecs = ['PCMU', 'PCMA', 'G722'] } = options;
    const network = new VanishingNetwork(options.network, options.isDead);
    this.#address = address;
    this.sip = createSipStack({
      clock,
      random,
      network,
      listen: [{ transport: 'udp', host: address, port: options.port ?? 0 }],
      advertise: { host: address },
      userAgent: options.userAgent,
      // Whoever reaches the address is the system under test.
      limits: { calls: MOST_CALLS, isTrusted: () => true },
      onError: options.onError,
    });
    this.services = {
      clock,
      random,
      media,
      publicIp: address,
      codecs,
      srtp: options.srtp,
      invite: (invite) => this.sip.invite(invite),
      hide: (sipCallId) => network.hide(sipCallId),
    };
  }

  /** Where the phones take calls, once the stack is started. */
  get place(): Target | undefined {
    const [bound] = this.sip.boundPorts();
    return bound && { transport: 'udp', address: bound.address, port: bound.port };
  }

  /** The SIP address of a user here. */
  uriOf(user: string): string {
    return `sip:${user}@${this.#address}`;
  }

  /** A call that has come; nothing has been said to the caller yet. */
  take(id: string, invite: IncomingInvite): PhoneCall {
    const { headers, uri } = invite.request;
    const from = parseNameAddress(headers.get('P-Asserted-Identity') ?? headers.get('From') ?? '');
    const parties: PhoneCallParties = {
      id,
      from: userOf(from?.uri ?? ''),
      to: userOf(uri),
      headers: Object.fromEntries([...headers].filter(([name]) => /^X-PH-/i.test(name))),
    };
    return PhoneCall.incoming(invite, parties, this.services);
  }

  call(id: string, from: string, to: string, invite: Omit<InviteOptions, 'sdp'>): PhoneCall {
    return PhoneCall.outgoing(invite, { id, from, to, headers: {} }, this.services);
  }
}

/** The number or name in a SIP or tel URI, numbers without `+`. */
export function userOf(uri: string): string {
  const parsed = parseUri(uri);
  const user = parsed?.scheme === 'tel' ? parsed.number : (parsed?.user ?? '');
  return /^\+\d+$/.test(user) ? user.slice(1) : user;
}
