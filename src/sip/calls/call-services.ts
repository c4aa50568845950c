import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';
import type { LocalIdentity } from '../local-identity.ts';
import type { RequestSender } from '../request-sender.ts';
import type { TransactionLayer } from '../transactions/transaction-layer.ts';
import type { DialogTable } from './dialog-table.ts';
import type { SessionTimerPolicy } from './session-refresh.ts';

/** What calls need of the stack around them. */
export interface CallServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly identity: LocalIdentity;
  readonly sender: RequestSender;
  readonly transactions: TransactionLayer;
  readonly dialogs: DialogTable;
  readonly userAgent: string;
  readonly sessionTimer: SessionTimerPolicy;
}

/** Methods that this stack serves, for Allow. */
export const ALLOWED = 'INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, REFER';
/** Extensions that this stack speaks, for Supported and against Require. */
export const SUPPORTED: ReadonlySet<string> = new Set(['100rel', 'timer', 'path', 'norefersub', 'replaces']);
export const SUPPORTED_IN_CALLS = '100rel, timer, norefersub, replaces';
export const SDP = 'application/sdp';
