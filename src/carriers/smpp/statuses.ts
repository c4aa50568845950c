/**
 * command_status values (SMPP 3.4 §5.1.3) with the message error code a refused submit gets by default.
 * `throttle`: the SMSC asks to slow down and has not taken the message. `unbound`: it does not regard this session as bound.
 */
export type StatusTreatment = 'reject' | 'throttle' | 'unbound';

interface StatusRow {
  readonly id: number;
  readonly name: string;
  readonly messageCode: string;
  readonly treatment: StatusTreatment;
}

const rows = [
  ['ESME_ROK', 0x00, '000', 'reject'],
  ['ESME_RINVMSGLEN', 0x01, '110', 'reject'],
  ['ESME_RINVCMDLEN', 0x02, '10', 'reject'],
  ['ESME_RINVCMDID', 0x03, '20', 'reject'],
  ['ESME_RINVBNDSTS', 0x04, '20', 'unbound'],
  ['ESME_RALYBND', 0x05, '20', 'reject'],
  ['ESME_RINVPRTFLG', 0x06, '10', 'reject'],
  ['ESME_RINVREGDLVFLG', 0x07, '10', 'reject'],
  ['ESME_RSYSERR', 0x08, '20', 'reject'],
  ['ESME_RINVSRCADR', 0x0a, '40', 'reject'],
  ['ESME_RINVDSTADR', 0x0b, '50', 'reject'],
  ['ESME_RINVMSGID', 0x0c, '20', 'reject'],
  ['ESME_RBINDFAIL', 0x0d, '20', 'unbound'],
  ['ESME_RINVPASWD', 0x0e, '20', 'unbound'],
  ['ESME_RINVSYSID', 0x0f, '20', 'unbound'],
  ['ESME_RCANCELFAIL', 0x11, '20', 'reject'],
  ['ESME_RREPLACEFAIL', 0x13, '20', 'reject'],
  ['ESME_RMSGQFUL', 0x14, '20', 'throttle'],
  ['ESME_RINVSERTYP', 0x15, '90', 'reject'],
  ['ESME_RINVNUMDESTS', 0x33, '50', 'reject'],
  ['ESME_RINVDLNAME', 0x34, '50', 'reject'],
  ['ESME_RINVDESTFLAG', 0x40, '50', 'reject'],
  ['ESME_RINVSUBREP', 0x42, '10', 'reject'],
  ['ESME_RINVESMCLASS', 0x43, '10', 'reject'],
  ['ESME_RCNTSUBDL', 0x44, '50', 'reject'],
  ['ESME_RSUBMITFAIL', 0x45, '20', 'reject'],
  ['ESME_RINVSRCTON', 0x48, '40', 'reject'],
  ['ESME_RINVSRCNPI', 0x49, '40', 'reject'],
  ['ESME_RINVDSTTON', 0x50, '50', 'reject'],
  ['ESME_RINVDSTNPI', 0x51, '50', 'reject'],
  ['ESME_RINVSYSTYP', 0x53, '20', 'reject'],
  ['ESME_RINVREPFLAG', 0x54, '10', 'reject'],
  ['ESME_RINVNUMMSGS', 0x55, '10', 'reject'],
  ['ESME_RTHROTTLED', 0x58, '20', 'throttle'],
  ['ESME_RINVSCHED', 0x61, '10', 'reject'],
  ['ESME_RINVEXPIRY', 0x62, '10', 'reject'],
  ['ESME_RINVDFTMSGID', 0x63, '10', 'reject'],
  ['ESME_RX_T_APPN', 0x64, '20', 'reject'],
  ['ESME_RX_P_APPN', 0x65, '100', 'reject'],
  ['ESME_RX_R_APPN', 0x66, '100', 'reject'],
  ['ESME_RQUERYFAIL', 0x67, '20', 'reject'],
  ['ESME_RINVOPTPARSTREAM', 0xc0, '10', 'reject'],
  ['ESME_ROPTPARNOTALLWD', 0xc1, '10', 'reject'],
  ['ESME_RINVPARLEN', 0xc2, '10', 'reject'],
  ['ESME_RMISSINGOPTPARAM', 0xc3, '10', 'reject'],
  ['ESME_RINVOPTPARAMVAL', 0xc4, '10', 'reject'],
  ['ESME_RDELIVERYFAILURE', 0xfe, '20', 'reject'],
  ['ESME_RUNKNOWNERR', 0xff, '1000', 'reject'],
] as const satisfies readonly (readonly [string, number, string, StatusTreatment])[];

const byId: ReadonlyMap<number, StatusRow> = new Map(
  rows.map(([name, id, messageCode, treatment]) => [id, { id, name, messageCode, treatment }]),
);
const byName: ReadonlyMap<string, number> = new Map(rows.map(([name, id]) => [name, id]));

/** Statuses this side sends or asks for by name. */
export const Status = {
  ok: 0x00,
  invalidCommandLength: 0x02,
  invalidCommandId: 0x03,
  invalidBindStatus: 0x04,
  systemError: 0x08,
  bindFailed: 0x0d,
  invalidPassword: 0x0e,
  invalidSystemId: 0x0f,
  queueFull: 0x14,
  throttled: 0x58,
  temporaryAppError: 0x64,
  invalidOptionalStream: 0xc0,
  invalidParameterLength: 0xc2,
} as const;

/** `ESME_RTHROTTLED`, or the number in hex where the specification has no name (vendor range 0x400-0x4FF). */
export function statusName(id: number): string {
  return byId.get(id)?.name ?? `0x${id.toString(16).padStart(8, '0')}`;
}

export function statusId(name: string): number | undefined {
  return byName.get(name);
}

/** The row of a status; vendor and reserved values are refusals with message error code 1000. */
export function statusRow(id: number): StatusRow {
  return byId.get(id) ?? { id, name: statusName(id), messageCode: '1000', treatment: 'reject' };
}
