import { attributeOf, type SdpMedia } from './sdp.ts';

/** Which way a stream flows, as the side that states it sees it (RFC 8866 §6.7). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

const DIRECTIONS: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

const REVERSED: Readonly<Record<Direction, Direction>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/** The direction that a section or the session states; undefined if it states none. */
export const directionOf = (section: Pick<SdpMedia, 'attributes'>): Direction | undefined =>
  DIRECTIONS.find((direction) => attributeOf(section, direction) !== undefined);

/** The same direction as the other side sees it. */
export const reversed = (direction: Direction): Direction => REVERSED[direction];

/** What both allow, the two stated from the same side (RFC 3264 §6.1). */
export function commonDirection(one: Direction, other: Direction): Direction {
  if (one === other || other === 'sendrecv') return one;
  return one === 'sendrecv' ? other : 'inactive';
}
