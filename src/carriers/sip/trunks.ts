import { isDeepStrictEqual } from 'node:util';
import { Trunk, type TrunkOptions } from './trunk.ts';

/** The trunks that the configuration names now. */
export class Trunks {
  #trunks: readonly { readonly options: TrunkOptions; readonly trunk: Trunk }[] = [];

  /** Throws when one cannot be made of its options; then nothing has changed. */
  replace(options: readonly TrunkOptions[]): void {
    this.#trunks = options.map((wanted) => {
      const same = this.#trunks.find((known) => isDeepStrictEqual(known.options, wanted));
      return same ?? { options: wanted, trunk: new Trunk(wanted) };
    });
  }

  find(name: string): Trunk | undefined {
    return this.#trunks.find(({ trunk }) => trunk.name === name)?.trunk;
  }

  /** The trunk whose calls come from this address. */
  bySource(address: string): Trunk | undefined {
    return this.#trunks.find(({ trunk }) => trunk.isSource(address))?.trunk;
  }
}
