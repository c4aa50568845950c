import { SMPP_3_4 } from './bind-pdu.ts';
import type { BindCommand, BindPdu } from './pdu.ts';
import { Status } from './statuses.ts';

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

export interface BindIdentity {
  readonly bind: BindCommand;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  readonly addressRange: string;
}

export function bindRequest({ bind, systemId, password, systemType, addressRange }: BindIdentity, sequence: number): BindPdu {
  const body = { systemId, password, systemType, interfaceVersion: SMPP_3_4, addressTon: 0, addressNpi: 0, addressRange };
  return { command: bind, status: Status.ok, sequence, body };
}

/** Why binds are refused for good: a retry before somebody corrects the configuration changes nothing. */
const HOPELESS: ReadonlySet<number> = new Set([Status.invalidPassword, Status.invalidSystemId]);

export const isHopeless = (status: number): boolean => HOPELESS.has(status);
