import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../../runtime/log.ts';
import type { CallServices } from '../../sip/calls/call-services.ts';
import { OutboundRegistration } from '../../sip/registration/outbound-registration.ts';
import { Trunk, type TrunkOptions } from './trunk.ts';

interface Running {
  readonly options: TrunkOptions;
  readonly registration: OutboundRegistration;
}

/** Keeps this node registered at the trunks that ask for it (`register: true`): those that call it where it registered from. */
export class TrunkRegistrations {
  readonly #services: () => CallServices;
  readonly #log: Log;
  #running: readonly Running[] = [];

  constructor(services: () => CallServices, log: Log) {
    this.#services = services;
    this.#log = log;
  }

  /** Begins with the new ones, takes back those that are gone or changed, leaves the others alone. */
  use(trunks: readonly TrunkOptions[]): void {
    const wanted = trunks.filter(({ register }) => register === true);
    const kept = this.#running.filter(({ options }) => wanted.some((trunk) => isDeepStrictEqual(trunk, options)));
    for (const { registration } of this.#running.filter((running) => !kept.includes(running))) void registration.stop();
    const fresh = wanted.filter((trunk) => !kept.some(({ options }) => isDeepStrictEqual(options, trunk)));
    this.#running = [...kept, ...fresh.map((options) => this.#begin(options))];
  }

  /** Takes all back; resolves when the trunks have answered or cannot be reached. */
  async stop(): Promise<void> {
    await Promise.all(this.#running.map(({ registration }) => registration.stop()));
    this.#running = [];
  }

  #begin(options: TrunkOptions): Running {
    const trunk = new Trunk(options);
    const credentials = trunk.credentials ?? { username: '', password: '' };
    const registration = new OutboundRegistration(this.#services(), {
      registrar: trunk.uriOf(''),
      via: trunk.nextHop,
      address: trunk.addressOf(credentials.username),
      credentials,
      onState: (state) => {
        const { name } = options;
        if (state.kind === 'registered')
          this.#log.info({ carrier: name, seconds: state.expiresSeconds }, 'registered at a trunk');
        else this.#log.warn({ carrier: name, ...state }, 'a trunk does not take the registration');
      },
    });
    registration.start();
    return { options, registration };
  }
}
