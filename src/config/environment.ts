import { isIP } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** What the environment says, complete: every variable of the contract with its default in place. */
export interface Environment {
  /** 0 = any free port, for tests. */
  readonly httpPort: number;
  /** UDP and TCP; TLS on the next one. */
  readonly sipPort: number;
  readonly rtpPorts: { readonly first: number; readonly last: number };
  /** Address to listen on. */
  readonly bind: string;
  /** How customers reach this server, without trailing slash; undefined = derived from the address and port listened on. */
  readonly publicUrl: string | undefined;
  /** Address that goes into SDP and Via. */
  readonly publicIp: string;
  /** PEM files for SIP over TLS; undefined = a certificate signed by itself. */
  readonly sipTls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly dataDir: string;
  readonly configFile: string | undefined;
  /** Credentials of the first account; generated once when undefined. */
  readonly authId: string | undefined;
  readonly authToken: string | undefined;
  readonly operatorToken: string | undefined;
  /** Undefined = the embedded database of the data directory. */
  readonly databaseUrl: string | undefined;
  /** Undefined = shared state in memory. */
  readonly redisUrl: string | undefined;
  readonly logLevel: LogLevel;
  /** 64 hexadecimal digits; undefined = the key file of the data directory. */
  readonly instanceKey: string | undefined;
  /** Webhooks and media may be fetched from private, link-local and loopback addresses. */
  readonly allowPrivateWebhooks: boolean;
  /** What is under way at SIGTERM (calls, submits, webhooks) gets this long to finish. */
  readonly drainSeconds: number;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A variable that cannot be used as it is; the message names it and says what is expected. */
export class EnvironmentError extends Error {
  readonly variable: string;

  constructor(variable: string, expectation: string) {
    super(`${variable}: ${expectation}`);
    this.name = 'EnvironmentError';
    this.variable = variable;
  }
}

type Variables = Readonly<Record<string, string | undefined>>;
type Interfaces = () => NodeJS.Dict<NetworkInterfaceInfo[]>;

const HIGHEST_PORT = 65_535;
/** The longest call that anybody would wait for: a day. */
const LONGEST_DRAIN_SECONDS = 86_400;

/** Reads the environment. An empty variable counts as not set. Throws EnvironmentError for the first that is wrong. */
export function readEnvironment(variables: Variables, interfaces: Interfaces = networkInterfaces): Environment {
  const given = (name: string) => variables[name]?.trim() || undefined;
  const bind = readAddress('RINGDOWN_BIND', given('RINGDOWN_BIND') ?? '127.0.0.1');
  return {
    httpPort: readPort('RINGDOWN_HTTP_PORT', given('RINGDOWN_HTTP_PORT') ?? '7464'),
    sipPort: readPort('RINGDOWN_SIP_PORT', given('RINGDOWN_SIP_PORT') ?? '5060'),
    rtpPorts: readPortRange('RINGDOWN_RTP_PORTS', given('RINGDOWN_RTP_PORTS') ?? '20000-29999'),
    bind,
    publicUrl: readUrl('RINGDOWN_PUBLIC_URL', given('RINGDOWN_PUBLIC_URL'), ['http:', 'https:'])?.replace(/\/+$/, ''),
    publicIp: readPublicIp(given('RINGDOWN_PUBLIC_IP'), bind, interfaces),
    sipTls: readTlsFiles(given('RINGDOWN_SIP_TLS_CERT'), given('RINGDOWN_SIP_TLS_KEY')),
    dataDir: given('RINGDOWN_DATA_DIR') ?? './data',
    configFile: given('RINGDOWN_CONFIG'),
    authId: matching('RINGDOWN_AUTH_ID', given('RINGDOWN_AUTH_ID'), /^MA[A-Z0-9]{18}$/, 'MA and 18 upper-case letters or digits'),
    authToken: matching('RINGDOWN_AUTH_TOKEN', given('RINGDOWN_AUTH_TOKEN'), /^[\x21-\x7e]{40}$/, '40 characters without blanks'),
    operatorToken: matching(
      'RINGDOWN_OPERATOR_TOKEN',
      given('RINGDOWN_OPERATOR_TOKEN'),
      /^[\x21-\x7e]{16,256}$/,
      '16 to 256 characters without blanks',
    ),
    databaseUrl: readUrl('DATABASE_URL', given('DATABASE_URL'), ['postgres:', 'postgresql:']),
    redisUrl: readUrl('REDIS_URL', given('REDIS_URL'), ['redis:', 'rediss:', 'valkey:', 'valkeys:']),
    logLevel: readLogLevel(given('RINGDOWN_LOG_LEVEL') ?? 'info'),
    instanceKey: matching('RINGDOWN_INSTANCE_KEY', given('RINGDOWN_INSTANCE_KEY'), /^[0-9a-fA-F]{64}$/, '64 hexadecimal digits'),
    allowPrivateWebhooks: readFlag('RINGDOWN_ALLOW_PRIVATE_WEBHOOKS', given('RINGDOWN_ALLOW_PRIVATE_WEBHOOKS'), isLoopback(bind)),
    drainSeconds: readSeconds('RINGDOWN_DRAIN_SECONDS', given('RINGDOWN_DRAIN_SECONDS') ?? '10'),
  };
}

/** How customers reach a server of this environment that listens on `port`. */
export function publicUrlOf({ publicUrl, bind }: Pick<Environment, 'publicUrl' | 'bind'>, port: number): string {
  if (publicUrl !== undefined) return publicUrl;
  const host = isEveryAddress(bind) ? '127.0.0.1' : bind;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** How other nodes of the installation reach a server of this environment that listens on `port`; `publicIp` may be in front of a NAT. */
export function nodeUrlOf({ bind }: Pick<Environment, 'bind'>, port: number, interfaces: Interfaces = networkInterfaces): string {
  const host = readPublicIp(undefined, bind, interfaces);
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export const isLoopback = (address: string): boolean =>
  address === 'localhost' || address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);

const isEveryAddress = (address: string) => address === '0.0.0.0' || address === '::';

function readTlsFiles(certFile: string | undefined, keyFile: string | undefined): Environment['sipTls'] {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined)
    throw new EnvironmentError('RINGDOWN_SIP_TLS_CERT', 'a PEM file is expected beside RINGDOWN_SIP_TLS_KEY');
  if (keyFile === undefined)
    throw new EnvironmentError('RINGDOWN_SIP_TLS_KEY', 'a PEM file is expected beside RINGDOWN_SIP_TLS_CERT');
  return { certFile, keyFile };
}

function readPort(variable: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= HIGHEST_PORT))
    throw new EnvironmentError(variable, `a port from 0 to ${HIGHEST_PORT} is expected, not "${text}"`);
  return port;
}

function readSeconds(variable: string, text: string): number {
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= LONGEST_DRAIN_SECONDS))
    throw new EnvironmentError(variable, `a number of seconds from 0 to ${LONGEST_DRAIN_SECONDS} is expected, not "${text}"`);
  return seconds;
}

function readPortRange(variable: string, text: string): { first: number; last: number } {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  if (!(first >= 1 && last <= HIGHEST_PORT && first < last)) {
    throw new EnvironmentError(variable, `a range of ports such as 20000-29999 is expected, not "${text}"`);
  }
  return { first, last };
}

function readAddress(variable: string, text: string): string {
  const address = text.replace(/^\[|\]$/g, '');
  if (isIP(address) === 0 && address !== 'localhost') {
    throw new EnvironmentError(variable, `an IP address such as 127.0.0.1 or 0.0.0.0 is expected, not "${text}"`);
  }
  return address;
}

function readPublicIp(text: string | undefined, bind: string, interfaces: Interfaces): string {
  if (text !== undefined) {
    if (isIP(text) === 0) throw new EnvironmentError('RINGDOWN_PUBLIC_IP', `an IP address is expected, not "${text}"`);
    return text;
  }
  if (bind === 'localhost') return '127.0.0.1';
  if (!isEveryAddress(bind)) return bind;
  const family = bind === '::' ? 'IPv6' : 'IPv4';
  const addresses = Object.values(interfaces()).flatMap((entries) => entries ?? []);
  return addresses.find((entry) => !entry.internal && entry.family === family)?.address ?? '127.0.0.1';
}

/** The value is not repeated in the message: URLs hold passwords. */
function readUrl(variable: string, text: string | undefined, schemes: readonly string[]): string | undefined {
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || !schemes.includes(new URL(text).protocol)) {
    throw new EnvironmentError(
      variable,
      `a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')} is expected`,
    );
  }
  return text;
}

/** The value is not repeated in the message: it may be a secret. */
function matching(variable: string, text: string | undefined, pattern: RegExp, expectation: string): string | undefined {
  if (text !== undefined && !pattern.test(text)) throw new EnvironmentError(variable, `${expectation} are expected`);
  return text;
}

function readFlag(variable: string, text: string | undefined, fallback: boolean): boolean {
  if (text === undefined) return fallback;
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  throw new EnvironmentError(variable, `true or false is expected, not "${text}"`);
}

function readLogLevel(text: string): LogLevel {
  const level = logLevels.find((name) => name === text.toLowerCase());
  if (!level) throw new EnvironmentError('RINGDOWN_LOG_LEVEL', `one of ${logLevels.join(', ')} is expected, not "${text}"`);
  return level;
}
