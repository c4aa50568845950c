import type { AnyCommand } from './command.ts';

/**
 * Where a request can be served. `any`: on every node, from the database. A call or multiparty call: on the node that has it, named by a
 * parameter of the path. `conference`: on the node that has one of that name, which only that node knows. `every`: each node has a part.
 */
export type Home = 'any' | 'conference' | 'every' | { readonly of: 'call' | 'multiparty'; readonly parameter: string };

/** Beginnings of paths; the first that fits counts. */
const HOMES: readonly (readonly [path: RegExp, methods: readonly AnyCommand['method'][], home: Home])[] = [
  // Feedback is a row. So is whatever GET tells of calls and their streams.
  [/^Call\/\{call_uuid\}\/Feedback\//, ['POST'], 'any'],
  [/^Call\/\{call_uuid\}\//, ['POST', 'DELETE'], { of: 'call', parameter: 'call_uuid' }],
  [/^Request\/\{request_uuid\}\//, ['DELETE'], { of: 'call', parameter: 'request_uuid' }],
  [/^MultiPartyCall\/\{mpc_id\}\//, ['GET', 'POST', 'DELETE'], { of: 'multiparty', parameter: 'mpc_id' }],
  [/^Conference\/\{conference_name\}\//, ['GET', 'POST', 'DELETE'], 'conference'],
  [/^Conference\/$/, ['GET', 'DELETE'], 'every'],
  [/^Call\/$/, ['DELETE'], 'every'],
];

export function homeOf({ path, method }: Pick<AnyCommand, 'path' | 'method'>): Home {
  const found = HOMES.find(([begins, methods]) => begins.test(path) && methods.includes(method));
  return found?.[2] ?? 'any';
}
