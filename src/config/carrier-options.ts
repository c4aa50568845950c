import { isIP } from 'node:net';
import { type TObject, Type } from 'typebox';
import { srtpPolicies } from '../carriers/sip/srtp-policy.ts';
import { referPolicies } from '../carriers/sip/trunk.ts';
import { type SmppCarrierOptions, settleOptions } from '../carriers/smpp/options.ts';
import { parseSmppUrl } from '../carriers/smpp/smpp-url.ts';
import { messageCodes } from '../errors/message-codes.ts';
import type { ConfigPath, ConfigProblem } from './config-error.ts';
import type { CarrierEntry } from './schema.ts';
import { schemaProblems } from './yaml-file.ts';

/** Options of a carrier in the names its code has for them. */
export type CarrierOptions = Readonly<Record<string, unknown>>;

interface CarrierKind {
  readonly schema: TObject;
  /** Throws with a sentence when the options contradict each other. */
  check(name: string, options: CarrierOptions): void;
}

const optional = Type.Optional;
const integer = (minimum: number, maximum: number) =>
  optional(Type.Integer({ minimum, maximum, description: `a whole number from ${minimum} to ${maximum} is expected` }));
const text = (maxLength = 255) =>
  Type.String({ minLength: 1, maxLength, description: `text of 1 to ${maxLength} characters is expected` });
const pem = () => optional(Type.String({ pattern: '^-----BEGIN ', description: 'PEM text is expected' }));
const oneOf = (...names: string[]) =>
  optional(
    Type.Union(
      names.map((name) => Type.Literal(name)),
      { description: `one of ${names.join(', ')} is expected` },
    ),
  );

const milliseconds = () => integer(1, 86_400_000);
const octet = () => integer(0, 255);

/** src/carriers/smpp/options.ts in the spelling of the file. */
const smpp = Type.Object(
  {
    url: text(2048),
    bind: oneOf('transceiver', 'transmitter', 'receiver', 'separate'),
    binds: integer(1, 64),
    window: integer(1, 10_000),
    throughput: optional(Type.Number({ minimum: 0, description: 'submits per second, 0 for unlimited, are expected' })),
    system_type: optional(text(12)),
    service_type: optional(text(5)),
    address_range: optional(text(40)),
    source_ton: octet(),
    source_npi: octet(),
    dest_ton: octet(),
    dest_npi: octet(),
    registered_delivery: octet(),
    long_messages: oneOf('udh', 'sar', 'payload'),
    default_alphabet: oneOf('gsm', 'ascii', 'latin1'),
    submit_id_form: oneOf('hex', 'decimal', 'auto'),
    receipt_id_form: oneOf('hex', 'decimal', 'auto'),
    validity_period: optional(Type.Boolean({ description: 'true or false is expected' })),
    error_codes: optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Integer()]), {
        description: "the carrier's codes with message error codes are expected",
      }),
    ),
    throttling_statuses: optional(
      Type.Array(Type.Union([Type.String(), Type.Integer()]), { description: 'a list of command statuses is expected' }),
    ),
    enquire_link_interval_ms: milliseconds(),
    enquire_link_timeout_ms: milliseconds(),
    response_timeout_ms: milliseconds(),
    inbound_limit: integer(1, 10_000),
    inbound_timeout_ms: milliseconds(),
    tls: optional(
      Type.Object(
        {
          ca: pem(),
          cert: pem(),
          key: pem(),
          servername: optional(text()),
          reject_unauthorized: optional(Type.Boolean({ description: 'true or false is expected' })),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

const sip = Type.Object(
  {
    url: Type.String({
      pattern: '^sips?:[^\\s]{1,2000}$',
      description: 'a SIP URI such as sip:192.0.2.1:5060;transport=udp is expected',
    }),
    sources: optional(Type.Array(text(64), { maxItems: 100, description: 'a list of IP addresses or networks is expected' })),
    username: optional(text(255)),
    password: optional(text(255)),
    register: optional(Type.Boolean({ description: 'true or false is expected' })),
    throughput: optional(Type.Number({ minimum: 0, description: 'calls per second, 0 for unlimited, are expected' })),
    refer: optional(oneOf(...referPolicies)),
    srtp: oneOf(...srtpPolicies),
  },
  { additionalProperties: false },
);

/** Kinds that can be configured. The simulator always exists and has no options. */
const kinds: Readonly<Record<string, CarrierKind>> = {
  smpp: {
    schema: smpp,
    check(name, options) {
      const settled: SmppCarrierOptions = { url: '', ...options, name };
      parseSmppUrl(settled.url);
      settleOptions(settled);
      for (const code of Object.values(settled.errorCodes ?? {})) {
        if (!messageCodes.has(code)) throw new RangeError(`error_codes: ${code} is no message error code`);
      }
    },
  },
  sip: {
    schema: sip,
    check(_name, { sources, register, username }) {
      if (register === true && username === undefined) throw new TypeError('register: needs username and password');
      for (const source of Array.isArray(sources) ? sources : []) {
        if (isIP(String(source).replace(/\/\d{1,3}$/, '')) === 0)
          throw new TypeError(`sources: "${source}" is no IP address or network`);
      }
    },
  },
};

const SHARED_KEYS = new Set(['name', 'kind', 'costs']);

/** The options of a carrier of the file, or what is wrong with them. */
export function readCarrierOptions(
  entry: CarrierEntry,
  path: ConfigPath,
  lineOf: (path: ConfigPath) => number | undefined,
): { readonly options: CarrierOptions } | { readonly problems: readonly ConfigProblem[] } {
  const kind = Object.hasOwn(kinds, entry.kind) ? kinds[entry.kind] : undefined;
  if (!kind) {
    const place = [...path, 'kind'];
    return { problems: [{ path: place, line: lineOf(place), text: `one of ${Object.keys(kinds).join(', ')} is expected` }] };
  }
  const own = Object.fromEntries(Object.entries(entry).filter(([key]) => !SHARED_KEYS.has(key)));
  const problems = schemaProblems(kind.schema, own, path, lineOf);
  if (problems.length > 0) return { problems };
  const options = renameKeys(own);
  try {
    kind.check(entry.name, options);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { problems: [{ path, line: lineOf(path), text }] };
  }
  return { options };
}

/** `response_timeout_ms` -> `responseTimeoutMs`, also inside `tls`; keys of tables such as `error_codes` are the carrier's words. */
function renameKeys(options: CarrierOptions): CarrierOptions {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => {
      if (key === 'tls' && typeof value === 'object' && value !== null) return [key, renameKeys({ ...value })];
      if (key === 'error_codes' && typeof value === 'object' && value !== null) {
        return ['errorCodes', Object.fromEntries(Object.entries(value).map(([own, code]) => [own, String(code)]))];
      }
      return [key.replaceAll(/_(\w)/g, (_match, letter: string) => letter.toUpperCase()), value];
    }),
  );
}
