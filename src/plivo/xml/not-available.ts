import type { ElementDefinition } from './element.ts';

/** An element of the language that cannot run yet: its documents are accepted, and it is passed over with a note. */
export function notAvailable(name: string): ElementDefinition<undefined> {
  return {
    name,
    read(element) {
      element.note('is not available yet and was skipped');
      return undefined;
    },
  };
}
