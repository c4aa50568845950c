import { RESPONSE_BIT } from './commands.ts';
import type { Connection } from './connection.ts';
import type { DataSmPdu, MalformedPdu, Pdu, ShortMessagePdu } from './pdu.ts';
import { Status } from './statuses.ts';
import { NO_TLVS } from './tlv.ts';

const NO_ID = { messageId: '', tlvs: NO_TLVS };

/** deliver_sm_resp or data_sm_resp, if the connection that brought the request still stands. */
export function answerDelivery(connection: Connection, { command, sequence }: ShortMessagePdu | DataSmPdu, status: number): void {
  if (!connection.alive) return;
  connection.send({ command: command === 'data_sm' ? 'data_sm_resp' : 'deliver_sm_resp', status, sequence, body: NO_ID });
}

/** A request with an unreadable body or unknown id costs itself: its sender learns why (SMPP 3.4 §4.3), the link goes on. */
export function answerMalformed(connection: Connection, { commandId, of, sequence, fault }: MalformedPdu): void {
  if (of === 'deliver_sm' || of === 'data_sm') {
    connection.send({ command: `${of}_resp`, status: fault, sequence, body: NO_ID });
  } else if (commandId < RESPONSE_BIT) {
    // Only requests: a negative acknowledgement of an answer would start a ping-pong.
    connection.send({ command: 'generic_nack', status: fault, sequence });
  }
}

/** A well-formed request that only an SMSC can serve. */
export function answerUnexpected(connection: Connection, { command, sequence }: Pdu): void {
  if (command.endsWith('_resp')) return;
  connection.send({ command: 'generic_nack', status: Status.invalidCommandId, sequence });
}
