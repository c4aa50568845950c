import type { Trunks } from '../../carriers/sip/trunks.ts';
import type { IncomingInvite } from '../../sip/calls/incoming-invite.ts';
import type { SipStack } from '../../sip/sip-stack.ts';
import type { Target } from '../../sip/transports/flow.ts';
import { SIMULATOR } from './leg-routes.ts';
import type { CallSource } from './sip-door.ts';

export interface CallSourcesOptions {
  readonly stack: Pick<SipStack, 'boundPorts'>;
  readonly trunks: Trunks;
  /** Where the virtual phones are. */
  phones(): Target | undefined;
  /** Callers on loopback that no trunk claims are the simulator's. */
  readonly trustLoopback: boolean;
  isOurNumber(number: string): Promise<boolean>;
}

/** Whose calls come from an address, and where the simulator's go. */
export class CallSources {
  readonly #options: CallSourcesOptions;

  constructor(options: CallSourcesOptions) {
    this.#options = options;
  }

  /** Where this node takes calls by SIP over UDP, for who runs beside it. */
  get place(): Target | undefined {
    const own = this.#options.stack.boundPorts().find(({ transport }) => transport === 'udp');
    return own && { transport: 'udp', address: isEverywhere(own.address) ? '127.0.0.1' : own.address, port: own.port };
  }

  carrierOf({ transport, address, port }: IncomingInvite['source']): CallSource | undefined {
    const { stack, trunks, phones, trustLoopback } = this.#options;
    // Trunks do not come over WebSockets: a browser beside the server is a browser.
    if (transport === 'ws' || transport === 'wss') return undefined;
    const isLoopback = address === '::1' || address.startsWith('127.');
    const virtual = phones();
    const isPhone = address === virtual?.address && port === virtual.port;
    // A call of this node to itself comes from the address that it listens on, or from loopback where that is every address.
    const isOurs = stack
      .boundPorts()
      .some((bound) => bound.port === port && (isEverywhere(bound.address) ? isLoopback : bound.address === address));
    if (isPhone || isOurs) return { carrier: SIMULATOR, mayBePhone: false };
    const mayBePhone = isLoopback && trustLoopback;
    const trunk = trunks.bySource(address);
    if (trunk) return { carrier: trunk.name, mayBePhone };
    return mayBePhone ? { carrier: SIMULATOR, mayBePhone } : undefined;
  }

  /** A number of this instance is called through our own door, any other is a virtual phone. */
  async simulatorPlace(number: string): Promise<Target | undefined> {
    return (await this.#options.isOurNumber(number)) ? this.place : this.#options.phones();
  }
}

const isEverywhere = (address: string): boolean => address === '0.0.0.0' || address === '::';
