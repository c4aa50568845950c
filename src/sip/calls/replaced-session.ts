import type { SipRequest } from '../message.ts';
import { parseReplaces } from '../refer.ts';
import type { DialogTable } from './dialog-table.ts';
import { Session } from './session.ts';
import type { SipSession } from './session-types.ts';

/**
 * The answered call that an INVITE with `Replaces` wants the place of (RFC 3891 §3); undefined without the header. A number is the
 * status to refuse it with: 400 unless the header is there once and readable, 481 where there is no such dialog, 603 where it has ended,
 * 486 where only a call that still rings may be replaced. Calls that ring here are told to nobody and taken by nobody: 481.
 */
export function findReplaced({ headers }: SipRequest, dialogs: DialogTable): SipSession | number | undefined {
  const values = headers.all('Replaces');
  const [value] = values;
  if (value === undefined) return undefined;
  const replaces = values.length === 1 ? parseReplaces(value) : undefined;
  if (replaces === undefined || headers.has('Join')) return 400;
  const user = dialogs.find(replaces.callId, replaces.toTag, replaces.fromTag);
  if (!(user instanceof Session)) return 481;
  if (user.isEnded) return 603;
  return replaces.earlyOnly ? 486 : user;
}
