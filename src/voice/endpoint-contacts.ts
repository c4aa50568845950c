import type { Binding } from '../sip/registration/binding.ts';
import type { Target } from '../sip/transports/flow.ts';
import type { EndpointRegistrations, Registration } from './registrations.ts';
import type { RegisteredContact } from './sip/leg-routes.ts';

/** Where endpoints are registered now: the latest login is the one that rings (voice-xml.md §8). */
export class EndpointContacts implements EndpointRegistrations {
  readonly #bindings = new Map<string, readonly Binding[]>();
  readonly #remove: (username: string) => Promise<void>;
  /** Whether a place can be called: a browser's page may have been closed without a word. */
  readonly #isReachable: (place: Target) => boolean;

  constructor(remove: (username: string) => Promise<void>, isReachable: (place: Target) => boolean) {
    this.#remove = remove;
    this.#isReachable = isReachable;
  }

  /** What the registrar tells. The list is in the order of registration. */
  changed(username: string, bindings: readonly Binding[]): void {
    if (bindings.length === 0) this.#bindings.delete(username);
    else this.#bindings.set(username, bindings);
  }

  latest(username: string, now: number): RegisteredContact | undefined {
    const binding = this.#latest(username, now);
    return binding && { uri: binding.contact, place: binding.path.length === 0 ? binding.place : undefined, path: binding.path };
  }

  async of(usernames: readonly string[]): Promise<ReadonlyMap<string, Registration>> {
    const found = new Map<string, Registration>();
    for (const username of usernames) {
      const binding = this.#latest(username, 0);
      if (binding)
        found.set(username, { contact: binding.contact, userAgent: binding.userAgent ?? '', expiresAt: binding.expiresAt });
    }
    return found;
  }

  async drop(username: string): Promise<void> {
    await this.#remove(username);
  }

  #latest(username: string, now: number): Binding | undefined {
    return this.#bindings.get(username)?.findLast(({ expiresAt, place }) => expiresAt > now && this.#isReachable(place));
  }
}
