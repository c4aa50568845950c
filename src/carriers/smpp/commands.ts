/** Command ids (SMPP 3.4 §5.1.2.1). The answer to a request has the same id with bit 31 set. */
export const RESPONSE_BIT = 0x80000000;

export const commandIds = {
  generic_nack: 0x80000000,
  bind_receiver: 0x00000001,
  bind_receiver_resp: 0x80000001,
  bind_transmitter: 0x00000002,
  bind_transmitter_resp: 0x80000002,
  submit_sm: 0x00000004,
  submit_sm_resp: 0x80000004,
  deliver_sm: 0x00000005,
  deliver_sm_resp: 0x80000005,
  unbind: 0x00000006,
  unbind_resp: 0x80000006,
  bind_transceiver: 0x00000009,
  bind_transceiver_resp: 0x80000009,
  outbind: 0x0000000b,
  enquire_link: 0x00000015,
  enquire_link_resp: 0x80000015,
  alert_notification: 0x00000102,
  data_sm: 0x00000103,
  data_sm_resp: 0x80000103,
} as const;

export type CommandName = keyof typeof commandIds;

/** Requests of the specification that neither side of this codec speaks; known so that a log line can name them. */
const foreignCommands: ReadonlyMap<number, string> = new Map([
  [0x00000003, 'query_sm'],
  [0x00000007, 'replace_sm'],
  [0x00000008, 'cancel_sm'],
  [0x00000021, 'submit_multi'],
  [0x00000111, 'broadcast_sm'],
  [0x00000112, 'query_broadcast_sm'],
  [0x00000113, 'cancel_broadcast_sm'],
]);

const namesById: ReadonlyMap<number, CommandName> = new Map(
  (Object.keys(commandIds) as CommandName[]).map((name) => [commandIds[name], name]),
);

export function commandName(id: number): CommandName | undefined {
  return namesById.get(id);
}

/** For logs: the name, or the number in hex. */
export function describeCommand(id: number): string {
  return namesById.get(id) ?? foreignCommands.get(id) ?? `0x${id.toString(16).padStart(8, '0')}`;
}
