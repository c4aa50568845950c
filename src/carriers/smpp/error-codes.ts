import { messageCodes } from '../../errors/message-codes.ts';
import { Status, statusId, statusName, statusRow } from './statuses.ts';

/** network_error_code (SMPP 3.4 §5.3.2.31): network type, then the network's own code. */
export interface NetworkError {
  readonly type: number;
  readonly code: number;
}

const GSM_NETWORK = 3;

/** What a final state means when the carrier says nothing more exact (Appendix B, §5.2.28). */
const byState: Readonly<Record<string, string>> = {
  DELIVRD: '000',
  EXPIRED: '80',
  DELETED: '20',
  UNDELIV: '70',
  UNKNOWN: '1000',
  REJECTD: '100',
  SKIPPED: '20',
};

/** MAP errors of a GSM network (3GPP TS 29.002 §17.6.6) that say more than the state does. */
const byMapError: ReadonlyMap<number, string> = new Map([
  [1, '50'], // unknown subscriber
  [5, '50'], // unidentified subscriber
  [6, '80'], // absent subscriber, short message
  [9, '70'], // illegal subscriber
  [11, '70'], // teleservice not provisioned
  [12, '70'], // illegal equipment
  [13, '100'], // call barred
  [21, '20'], // facility not supported
  [27, '80'], // absent subscriber
  [31, '80'], // subscriber busy for short messages
  [32, '80'], // delivery failure: memory full, equipment error
  [34, '20'], // system failure
]);

/** Turns what a carrier says into the catalogue's message error codes: the operator's table first, then the defaults. */
export class ErrorCodes {
  readonly #byStatus = new Map<number, string>();
  readonly #byWord = new Map<string, string>();
  readonly #throttling = new Set<number>([Status.throttled, Status.queueFull]);

  /** Throws RangeError for a key or code that means nothing, so that a misspelt table is noticed at start. */
  constructor(table: Readonly<Record<string, string>>, throttling: readonly (string | number)[]) {
    for (const [key, code] of Object.entries(table)) {
      if (!messageCodes.has(code)) throw new RangeError(`errorCodes: ${JSON.stringify(code)} is no message error code`);
      const word = /^(stat|err|network):(.+)$/i.exec(key);
      if (word === null) this.#byStatus.set(statusNumber(key), code);
      else this.#byWord.set(`${word[1]?.toLowerCase()}:${word[2]?.trim().toUpperCase()}`, code);
    }
    for (const status of throttling) this.#throttling.add(statusNumber(status));
  }

  isThrottle(status: number): boolean {
    return this.#throttling.has(status);
  }

  /** For a submit that was refused. */
  ofStatus(status: number): string {
    return this.#byStatus.get(status) ?? statusRow(status).messageCode;
  }

  /** For a receipt: `state` in the words of Appendix B, `err` as the text form has it. */
  ofReceipt(state: string, err: string | undefined, network: NetworkError | undefined): string {
    const configured =
      (network === undefined ? undefined : this.#byWord.get(`network:${network.type}:${hex4(network.code)}`)) ??
      (err === undefined ? undefined : this.#byWord.get(`err:${err.toUpperCase()}`)) ??
      this.#byWord.get(`stat:${state}`);
    if (configured !== undefined) return configured;
    if (state === 'DELIVRD') return '000';
    const mapped = network?.type === GSM_NETWORK ? byMapError.get(network.code) : undefined;
    return mapped ?? byState[state] ?? '1000';
  }
}

export function hex4(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, '0');
}

function statusNumber(key: string | number): number {
  const number = typeof key === 'number' ? key : (statusId(key) ?? Number(key));
  if (!Number.isInteger(number) || number < 1 || number > 0xffffffff) {
    throw new RangeError(`${JSON.stringify(key)} is no SMPP status; it reads ${statusName(Status.throttled)} or 0x58`);
  }
  return number;
}
