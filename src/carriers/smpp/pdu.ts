import {
  type Bind,
  type BindResponse,
  bindResponseSize,
  bindSize,
  type Outbind,
  outbindSize,
  readBind,
  readBindResponse,
  readOutbind,
  writeBind,
  writeBindResponse,
  writeOutbind,
} from './bind-pdu.ts';
import { type CommandName, commandIds, commandName } from './commands.ts';
import {
  type AlertNotification,
  alertNotificationSize,
  type DataMessage,
  dataMessageSize,
  type MessageResponse,
  messageResponseSize,
  readAlertNotification,
  readDataMessage,
  readMessageResponse,
  readShortMessage,
  type ShortMessage,
  shortMessageSize,
  writeAlertNotification,
  writeDataMessage,
  writeMessageResponse,
  writeShortMessage,
} from './message-pdu.ts';
import { FieldReader, type PduSink } from './pdu-fields.ts';
import { Status } from './statuses.ts';

/** command_length, command_id, command_status, sequence_number: 4 octets each (SMPP 3.4 §3.2). */
export const HEADER_LENGTH = 16;
/** Sequence numbers run from 1 to this, then from 1 again (§5.1.4). */
export const MAX_SEQUENCE = 0x7fffffff;

interface Numbered {
  readonly status: number;
  readonly sequence: number;
}

export type BindCommand = 'bind_receiver' | 'bind_transmitter' | 'bind_transceiver';
export type BindRespCommand = `${BindCommand}_resp`;
type BodilessCommand = 'generic_nack' | 'unbind' | 'unbind_resp' | 'enquire_link' | 'enquire_link_resp';

export type BindPdu = Numbered & { readonly command: BindCommand; readonly body: Bind };
export type BindRespPdu = Numbered & { readonly command: BindRespCommand; readonly body: BindResponse };
export type ShortMessagePdu = Numbered & { readonly command: 'submit_sm' | 'deliver_sm'; readonly body: ShortMessage };
export type DataSmPdu = Numbered & { readonly command: 'data_sm'; readonly body: DataMessage };
export type MessageRespPdu = Numbered & {
  readonly command: 'submit_sm_resp' | 'deliver_sm_resp' | 'data_sm_resp';
  readonly body: MessageResponse;
};
export type OutbindPdu = Numbered & { readonly command: 'outbind'; readonly body: Outbind };
export type AlertPdu = Numbered & { readonly command: 'alert_notification'; readonly body: AlertNotification };
export type BodilessPdu = Numbered & { readonly command: BodilessCommand };

export type Pdu = BindPdu | BindRespPdu | ShortMessagePdu | DataSmPdu | MessageRespPdu | OutbindPdu | AlertPdu | BodilessPdu;

/** A framed PDU that is no valid one: `fault` is the status its answer deserves, `of` the command if that much was readable. */
export interface MalformedPdu {
  readonly command: 'malformed';
  readonly commandId: number;
  readonly of: CommandName | undefined;
  readonly status: number;
  readonly sequence: number;
  readonly fault: number;
}

/** Decodes the PDU in `buffer[start, end)`, at least a header long. Never throws; octet fields are views into `buffer`. */
export function decodePdu(buffer: Buffer, start: number, end: number): Pdu | MalformedPdu {
  const commandId = buffer.readUInt32BE(start + 4);
  const status = buffer.readUInt32BE(start + 8);
  const sequence = buffer.readUInt32BE(start + 12);
  const command = commandName(commandId);
  if (command === undefined) {
    return { command: 'malformed', commandId, of: undefined, status, sequence, fault: Status.invalidCommandId };
  }
  const reader = new FieldReader(buffer, start + HEADER_LENGTH, end);
  const pdu = readPdu(command, status, sequence, reader);
  if (reader.fault !== Status.ok) {
    return { command: 'malformed', commandId, of: command, status, sequence, fault: reader.fault };
  }
  return pdu;
}

function readPdu(command: CommandName, status: number, sequence: number, reader: FieldReader): Pdu {
  switch (command) {
    case 'submit_sm':
    case 'deliver_sm':
      return { command, status, sequence, body: readShortMessage(reader) };
    case 'submit_sm_resp':
    case 'deliver_sm_resp':
    case 'data_sm_resp':
      return { command, status, sequence, body: readMessageResponse(reader) };
    case 'data_sm':
      return { command, status, sequence, body: readDataMessage(reader) };
    case 'bind_receiver':
    case 'bind_transmitter':
    case 'bind_transceiver':
      return { command, status, sequence, body: readBind(reader) };
    case 'bind_receiver_resp':
    case 'bind_transmitter_resp':
    case 'bind_transceiver_resp':
      return { command, status, sequence, body: readBindResponse(reader) };
    case 'outbind':
      return { command, status, sequence, body: readOutbind(reader) };
    case 'alert_notification':
      return { command, status, sequence, body: readAlertNotification(reader) };
    case 'generic_nack':
    case 'unbind':
    case 'unbind_resp':
    case 'enquire_link':
    case 'enquire_link_resp':
      return { command, status, sequence };
  }
}

/** Appends the PDU to the sink. Throws RangeError, with the sink as it was, when a field does not fit its place. */
export function encodePdu(sink: PduSink, pdu: Pdu): void {
  sink.reserve(HEADER_LENGTH + bodySize(pdu));
  const start = sink.at;
  const { buffer } = sink;
  const end = writeBody(buffer, start + HEADER_LENGTH, pdu);
  writeHeader(buffer, start, end - start, commandIds[pdu.command], pdu.status, pdu.sequence);
  sink.at = end;
}

/** The four header words, written octet by octet: the checked `writeUInt32BE` costs more than the rest of a small PDU. */
function writeHeader(buffer: Buffer, at: number, length: number, commandId: number, status: number, sequence: number): void {
  writeWord(buffer, at, length);
  writeWord(buffer, at + 4, commandId);
  writeWord(buffer, at + 8, status);
  writeWord(buffer, at + 12, sequence);
}

function writeWord(buffer: Buffer, at: number, word: number): void {
  buffer[at] = word >>> 24;
  buffer[at + 1] = (word >>> 16) & 0xff;
  buffer[at + 2] = (word >>> 8) & 0xff;
  buffer[at + 3] = word & 0xff;
}

function bodySize(pdu: Pdu): number {
  switch (pdu.command) {
    case 'submit_sm':
    case 'deliver_sm':
      return shortMessageSize(pdu.body);
    case 'submit_sm_resp':
    case 'deliver_sm_resp':
    case 'data_sm_resp':
      return messageResponseSize(pdu.body);
    case 'data_sm':
      return dataMessageSize(pdu.body);
    case 'bind_receiver':
    case 'bind_transmitter':
    case 'bind_transceiver':
      return bindSize(pdu.body);
    case 'bind_receiver_resp':
    case 'bind_transmitter_resp':
    case 'bind_transceiver_resp':
      return bindResponseSize(pdu.body);
    case 'outbind':
      return outbindSize(pdu.body);
    case 'alert_notification':
      return alertNotificationSize(pdu.body);
    default:
      return 0;
  }
}

function writeBody(buffer: Buffer, at: number, pdu: Pdu): number {
  switch (pdu.command) {
    case 'submit_sm':
    case 'deliver_sm':
      return writeShortMessage(buffer, at, pdu.body);
    case 'submit_sm_resp':
    case 'deliver_sm_resp':
    case 'data_sm_resp':
      return writeMessageResponse(buffer, at, pdu.body);
    case 'data_sm':
      return writeDataMessage(buffer, at, pdu.body);
    case 'bind_receiver':
    case 'bind_transmitter':
    case 'bind_transceiver':
      return writeBind(buffer, at, pdu.body);
    case 'bind_receiver_resp':
    case 'bind_transmitter_resp':
    case 'bind_transceiver_resp':
      return writeBindResponse(buffer, at, pdu.body);
    case 'outbind':
      return writeOutbind(buffer, at, pdu.body);
    case 'alert_notification':
      return writeAlertNotification(buffer, at, pdu.body);
    default:
      return at;
  }
}
