import type { BindCommand } from './pdu.ts';

/** What one bind may do: submit, receive, or both (SMPP 3.4 §2.1). */
export type LinkBind = 'transceiver' | 'transmitter' | 'receiver';

const commands: Readonly<Record<LinkBind | 'separate', readonly BindCommand[]>> = {
  transceiver: ['bind_transceiver'],
  transmitter: ['bind_transmitter'],
  receiver: ['bind_receiver'],
  separate: ['bind_transmitter', 'bind_receiver'],
};

/** The binds that a configured kind stands for. */
export function bindCommands(kind: LinkBind | 'separate'): readonly BindCommand[] {
  return commands[kind];
}
