/** The part of the npm package `smpp` 0.5 that tests and benchmarks use; it ships no types. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer } from 'node:net';

  export interface PDU {
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly system_id?: string;
    readonly password?: string;
    readonly source_addr?: string;
    readonly destination_addr?: string;
    readonly data_coding?: number;
    readonly esm_class?: number;
    readonly message_id?: string;
    /** Decoded: the text, and the user data header if there is one. */
    readonly short_message?: { readonly message?: string | Buffer; readonly udh?: readonly Buffer[] };
    readonly message_payload?: { readonly message?: string | Buffer };
    readonly sar_msg_ref_num?: number;
    readonly sar_total_segments?: number;
    readonly sar_segment_seqnum?: number;
    response(fields?: Fields): PDU;
  }

  export type Fields = Readonly<Record<string, unknown>>;

  export interface Session extends EventEmitter {
    bind_transceiver(fields: Fields, answered: (pdu: PDU) => void): boolean;
    submit_sm(fields: Fields, answered: (pdu: PDU) => void): boolean;
    deliver_sm(fields: Fields, answered: (pdu: PDU) => void): boolean;
    send(pdu: PDU): boolean;
    close(closed?: () => void): void;
    destroy(closed?: () => void): void;
  }

  const smpp: {
    connect(options: { readonly host: string; readonly port: number }): Session;
    createServer(listener: (session: Session) => void): NetServer;
  };
  export default smpp;
}
