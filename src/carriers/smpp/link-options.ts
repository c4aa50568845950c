import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Random } from '../../runtime/random.ts';
import type { BindIdentity } from './bind-kinds.ts';
import type { SmppLink } from './link.ts';
import type { DataSmPdu, ShortMessagePdu } from './pdu.ts';
import type { Dial, WireTarget } from './wire.ts';

export interface LinkOptions extends BindIdentity {
  readonly name: string;
  readonly target: WireTarget;
  /** Most submits unanswered at a time. */
  readonly window: number;
  readonly enquireLinkIntervalMs: number;
  readonly enquireLinkTimeoutMs: number;
  readonly responseTimeoutMs: number;
  /** Most deliver_sm and data_sm being processed at a time. */
  readonly inboundLimit: number;
  readonly inboundTimeoutMs: number;
  readonly isThrottle: (status: number) => boolean;
}

export interface LinkSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly dial: Dial;
}

/** What a link tells its carrier. */
export interface LinkOwner {
  /** State or health changed. */
  linkChanged(link: SmppLink): void;
  /** A window place came free, or a throttle pause ended. */
  roomAppeared(link: SmppLink): void;
  /** Processes a message or receipt and resolves with the command_status to answer. */
  deliver(link: SmppLink, pdu: ShortMessagePdu | DataSmPdu): Promise<number>;
}
