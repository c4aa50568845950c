import type { LinkBind } from './bind-kinds.ts';
import type { SmppTlsOptions } from './wire.ts';

/** How a message of several segments is submitted. */
export type LongMessageMode =
  /** One submit_sm a part, each with a concatenation header in front of the text (3GPP TS 23.040 §9.2.3.24.1). */
  | 'udh'
  /** One submit_sm a part, joined by the sar_* parameters (SMPP 3.4 §5.3.2.22-24). */
  | 'sar'
  /** One submit_sm with the whole text in message_payload; the SMSC cuts it. */
  | 'payload';

/** The character set behind data_coding 0 at this SMSC, and the one GSM-7 texts are sent in. */
export type DefaultAlphabet =
  /** GSM 03.38 with septets unpacked, sent as data_coding 0. */
  | 'gsm'
  /** IA5, sent as data_coding 1. */
  | 'ascii'
  /** ISO 8859-1, sent as data_coding 3. */
  | 'latin1';

/** How this SMSC writes one and the same message id. `auto` compares and learns (`message-ids.ts`). */
export type MessageIdForm = 'hex' | 'decimal' | 'auto';

/** Everything an operator can say about an SMPP carrier. Times in milliseconds. */
export interface SmppCarrierOptions {
  readonly name: string;
  /** `smpp://system_id:password@host:port`, `ssmpp://` for TLS; user and password percent-encoded. */
  readonly url: string;
  /** `separate`: one transmitter and one receiver where a transceiver is not offered. Default `transceiver`. */
  readonly bind?: LinkBind | 'separate';
  /** How many of them. Default 1. */
  readonly binds?: number;
  /** Most submits unanswered at a time on each bind. Default 10. */
  readonly window?: number;
  /** Submits per second over all binds, 0 = unlimited, the default. */
  readonly throughput?: number;
  readonly systemType?: string;
  readonly serviceType?: string;
  /** address_range of receiving binds, where the SMSC routes by it. */
  readonly addressRange?: string;
  /** Override what `addressing.ts` finds out from the address. */
  readonly sourceTon?: number;
  readonly sourceNpi?: number;
  readonly destTon?: number;
  readonly destNpi?: number;
  /** registered_delivery octet (§5.2.17). Default 1: a receipt for success and failure. */
  readonly registeredDelivery?: number;
  readonly longMessages?: LongMessageMode;
  readonly defaultAlphabet?: DefaultAlphabet;
  readonly submitIdForm?: MessageIdForm;
  readonly receiptIdForm?: MessageIdForm;
  /** Whether the message's remaining validity is sent, as a relative time. Default true. */
  readonly validityPeriod?: boolean;
  /**
   * The carrier's own words to message error codes, before the defaults: `ESME_RINVDSTADR` or `0x0b` for a submit status,
   * `stat:REJECTD` and `err:011` for receipts, `network:3:001b` for network_error_code (type, code in hex).
   */
  readonly errorCodes?: Readonly<Record<string, string>>;
  /** More statuses that mean "slow down", by name or number, beside ESME_RTHROTTLED and ESME_RMSGQFUL. */
  readonly throttlingStatuses?: readonly (string | number)[];
  readonly enquireLinkIntervalMs?: number;
  readonly enquireLinkTimeoutMs?: number;
  /** After this a submit counts as unanswered. */
  readonly responseTimeoutMs?: number;
  /** Most deliver_sm being stored at a time on each bind. */
  readonly inboundLimit?: number;
  readonly inboundTimeoutMs?: number;
  readonly tls?: SmppTlsOptions;
}

/** Often the largest window an SMSC grants without being asked. */
const DEFAULT_WINDOW = 10;
/** Below the one minute after which many SMSCs and firewalls drop a silent connection. */
const DEFAULT_ENQUIRE_INTERVAL_MS = 30_000;
const DEFAULT_ENQUIRE_TIMEOUT_MS = 10_000;
/** Long, because giving up on an answer may make a duplicate. */
const DEFAULT_RESPONSE_TIMEOUT_MS = 30_000;
/** Enough to fill a batch of the storage layer, few enough to hold in memory for every bind. */
const DEFAULT_INBOUND_LIMIT = 100;
/** Shorter than what SMSCs commonly wait for deliver_sm_resp (30 s and more). */
const DEFAULT_INBOUND_TIMEOUT_MS = 20_000;
/** A window or number of binds beyond this is a mistake in the configuration. */
const MOST_WINDOW = 10_000;
const MOST_BINDS = 64;

/** Options with every default in place. */
export interface SmppSettings {
  readonly name: string;
  readonly bind: LinkBind | 'separate';
  readonly binds: number;
  readonly window: number;
  readonly throughput: number;
  readonly systemType: string;
  readonly serviceType: string;
  readonly addressRange: string;
  readonly sourceTon: number | undefined;
  readonly sourceNpi: number | undefined;
  readonly destTon: number | undefined;
  readonly destNpi: number | undefined;
  readonly registeredDelivery: number;
  readonly longMessages: LongMessageMode;
  readonly defaultAlphabet: DefaultAlphabet;
  readonly submitIdForm: MessageIdForm;
  readonly receiptIdForm: MessageIdForm;
  readonly validityPeriod: boolean;
  readonly errorCodes: Readonly<Record<string, string>>;
  readonly throttlingStatuses: readonly (string | number)[];
  readonly enquireLinkIntervalMs: number;
  readonly enquireLinkTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly inboundLimit: number;
  readonly inboundTimeoutMs: number;
}

/** Throws RangeError naming the option that makes no sense. */
export function settleOptions(options: SmppCarrierOptions): SmppSettings {
  const whole = (key: string, value: number | undefined, fallback: number, least: number, most: number): number => {
    const number = value ?? fallback;
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new RangeError(`carrier ${options.name}: ${key} must be a whole number from ${least} to ${most}, not ${number}`);
  };
  const ms = (key: string, value: number | undefined, fallback: number) => whole(key, value, fallback, 1, 86_400_000);
  const throughput = options.throughput ?? 0;
  if (!(throughput >= 0 && Number.isFinite(throughput))) {
    throw new RangeError(`carrier ${options.name}: throughput must be 0 (unlimited) or submits per second, not ${throughput}`);
  }
  return {
    name: options.name,
    bind: options.bind ?? 'transceiver',
    binds: whole('binds', options.binds, 1, 1, MOST_BINDS),
    window: whole('window', options.window, DEFAULT_WINDOW, 1, MOST_WINDOW),
    throughput,
    systemType: options.systemType ?? '',
    serviceType: options.serviceType ?? '',
    addressRange: options.addressRange ?? '',
    sourceTon: options.sourceTon,
    sourceNpi: options.sourceNpi,
    destTon: options.destTon,
    destNpi: options.destNpi,
    registeredDelivery: whole('registeredDelivery', options.registeredDelivery, 1, 0, 255),
    longMessages: options.longMessages ?? 'udh',
    defaultAlphabet: options.defaultAlphabet ?? 'gsm',
    submitIdForm: options.submitIdForm ?? 'auto',
    receiptIdForm: options.receiptIdForm ?? 'auto',
    validityPeriod: options.validityPeriod ?? true,
    errorCodes: options.errorCodes ?? {},
    throttlingStatuses: options.throttlingStatuses ?? [],
    enquireLinkIntervalMs: ms('enquireLinkIntervalMs', options.enquireLinkIntervalMs, DEFAULT_ENQUIRE_INTERVAL_MS),
    enquireLinkTimeoutMs: ms('enquireLinkTimeoutMs', options.enquireLinkTimeoutMs, DEFAULT_ENQUIRE_TIMEOUT_MS),
    responseTimeoutMs: ms('responseTimeoutMs', options.responseTimeoutMs, DEFAULT_RESPONSE_TIMEOUT_MS),
    inboundLimit: whole('inboundLimit', options.inboundLimit, DEFAULT_INBOUND_LIMIT, 1, 10_000),
    inboundTimeoutMs: ms('inboundTimeoutMs', options.inboundTimeoutMs, DEFAULT_INBOUND_TIMEOUT_MS),
  };
}
