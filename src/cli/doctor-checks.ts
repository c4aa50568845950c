import { lookup } from 'node:dns/promises';
import { access, constants, mkdir, readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';
import type pg from 'pg';
import { parseSmppUrl } from '../carriers/smpp/smpp-url.ts';
import { checkConfig } from '../config/check-config.ts';
import { ConfigStore, type Configuration } from '../config/config-store.ts';
import { type Environment, publicUrlOf, readEnvironment } from '../config/environment.ts';
import { readConfigFile } from '../config/yaml-file.ts';
import { TargetGuard } from '../delivery/target-guard.ts';
import { loadKernelCalls } from '../media/rtp/kernel-calls.ts';
import type { Clock } from '../runtime/clock.ts';
import { isTlsUri } from '../sip/uri.ts';
import { findRunningPostgres } from '../storage/embedded-postgres.ts';
import { pendingMigrations } from '../storage/migrate.ts';
import { createSealing, type Sealing } from '../storage/sealing.ts';
import { answersHealth, connects, tcpPortState, udpPortState } from './doctor-network.ts';
import { applicationHosts, databaseClock, openForReading, sealedSample } from './doctor-store.ts';

/** What one check found, in one line, and the one thing to change. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly text: string;
  readonly advice?: string;
}

export interface DoctorSurroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The runtime this program is written for. */
const NODE_MAJOR = 24;
const RTP_PROBES = 5;
/** Tokens, signatures and validity periods tolerate this much. */
const CLOCK_TOLERANCE_MS = 5_000;
/** The program did not exist before: a clock that says so has lost its battery. */
const EARLIEST_CLOCK = Date.UTC(2026, 0, 1);

/** Goes through everything the server needs, from what needs nothing to what needs the database. Changes nothing but an absent data directory. */
export async function* checks(variables: Variables, surroundings: DoctorSurroundings): AsyncGenerator<Finding> {
  yield checkNode(process.versions.node);
  let environment: Environment;
  try {
    environment = readEnvironment(variables);
    yield { check: 'environment', state: 'ok', text: 'every variable can be used' };
  } catch (error) {
    yield { check: 'environment', state: 'failed', text: textOf(error), advice: 'correct this variable' };
    return;
  }
  yield await checkDataDir(environment.dataDir);
  const running = await answersHealth(
    publicUrlOf({ bind: environment.bind, publicUrl: undefined }, environment.httpPort),
    surroundings.signal,
  );
  yield await checkTcpPort('HTTP port', 'RINGDOWN_HTTP_PORT', environment.bind, environment.httpPort, running);
  yield await checkTcpPort('SIP port, TCP', 'RINGDOWN_SIP_PORT', environment.bind, environment.sipPort, running);
  yield await checkUdpPort('SIP port, UDP', 'RINGDOWN_SIP_PORT', environment.bind, environment.sipPort, running);
  yield await checkRtpPorts(environment.bind, environment.rtpPorts, running);
  yield await checkRtpSockets(environment.bind);
  yield await checkConfigFile(environment.configFile);
  if (environment.redisUrl !== undefined) yield await checkRedis(environment.redisUrl);
  yield* checkStored(environment, surroundings);
}

function checkNode(version: string): Finding {
  const major = Number(version.split('.')[0]);
  if (major >= NODE_MAJOR) return { check: 'node', state: 'ok', text: version };
  return {
    check: 'node',
    state: 'failed',
    text: `${version} is older than ${NODE_MAJOR}`,
    advice: 'start by "npm start" or "npm run ringdown", which bring their own',
  };
}

async function checkDataDir(dataDir: string): Promise<Finding> {
  const check = 'data directory';
  try {
    await mkdir(dataDir, { recursive: true });
    if (!(await stat(dataDir)).isDirectory()) throw new Error('it is not a directory');
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return { check, state: 'ok', text: dataDir };
  } catch (error) {
    return {
      check,
      state: 'failed',
      text: `${dataDir}: ${textOf(error)}`,
      advice: 'set RINGDOWN_DATA_DIR to a directory this user may write',
    };
  }
}

async function checkTcpPort(check: string, variable: string, host: string, port: number, running: boolean): Promise<Finding> {
  return judgePort(check, variable, port, await tcpPortState(host, port), running);
}

async function checkUdpPort(check: string, variable: string, host: string, port: number, running: boolean): Promise<Finding> {
  return judgePort(check, variable, port, await udpPortState(host, port), running);
}

/** A few of the range, its ends among them: a firewall or another program takes whole stretches. */
async function checkRtpPorts(host: string, { first, last }: Environment['rtpPorts'], running: boolean): Promise<Finding> {
  const check = 'RTP ports';
  const step = Math.max(1, Math.floor((last - first) / (RTP_PROBES - 1)));
  const ports = [...new Set([...Array.from({ length: RTP_PROBES - 1 }, (_, index) => first + index * step), last])].filter(
    (port) => port <= last,
  );
  const states = await Promise.all(ports.map(async (port) => ({ port, state: await udpPortState(host, port) })));
  const closed = states.filter(({ state }) => state !== 'free' && !(state === 'EADDRINUSE' && running));
  const [worst] = closed;
  if (!worst)
    return { check, state: 'ok', text: `${first}-${last}: ${ports.length} of them tried, none taken by another program` };
  if (worst.state === 'EADDRNOTAVAIL') return judgePort(check, 'RINGDOWN_RTP_PORTS', worst.port, worst.state, running);
  return {
    check,
    // A call takes the next port when one is taken.
    state: closed.length === ports.length ? 'failed' : 'warning',
    text: `${closed.map(({ port }) => port).join(', ')} of ${first}-${last} cannot be opened: ${worst.state}`,
    advice: 'set RINGDOWN_RTP_PORTS to a range that nothing else uses',
  };
}

async function checkRtpSockets(host: string): Promise<Finding> {
  const check = 'RTP sockets';
  if (isIP(host) !== 4)
    return { check, state: 'ok', text: "Node's own, as RINGDOWN_BIND is not IPv4: half as much CPU again for each packet" };
  if (await loadKernelCalls()) return { check, state: 'ok', text: 'read and written by calls of the C library' };
  return {
    check,
    state: 'warning',
    text: "Node's own: half as much CPU again for each packet",
    advice: 'on Linux (x64, arm64), install with the optional package koffi',
  };
}

function judgePort(check: string, variable: string, port: number, state: string, running: boolean): Finding {
  if (state === 'free') return { check, state: 'ok', text: `${port} is free` };
  if (state === 'EADDRINUSE' && running) return { check, state: 'ok', text: `${port} is in use while the server runs` };
  const advice =
    state === 'EADDRNOTAVAIL' ? 'set RINGDOWN_BIND to an address of this machine' : `set ${variable} to another port`;
  const text = state === 'EADDRINUSE' ? `${port} is taken by another program` : `${port} cannot be opened: ${state}`;
  return { check, state: 'failed', text, advice };
}

async function checkConfigFile(file: string | undefined): Promise<Finding> {
  const check = 'configuration file';
  if (file === undefined) return { check, state: 'ok', text: 'none, what has been applied is in force' };
  try {
    checkConfig(await readConfigFile(file));
    return { check, state: 'ok', text: file };
  } catch (error) {
    return { check, state: 'failed', text: textOf(error), advice: 'correct the file, or RINGDOWN_CONFIG' };
  }
}

/** The server starts without it, and counts requests by itself. */
async function checkRedis(url: string): Promise<Finding> {
  const check = 'Redis';
  const { RedisWindows } = await import('../cluster/redis-windows.ts');
  const windows = new RedisWindows(url);
  try {
    return { check, state: 'ok', text: `reachable (${new URL(url).hostname}), version ${await windows.open()}` };
  } catch (error) {
    return { check, state: 'failed', text: textOf(error), advice: 'correct REDIS_URL, or let this machine connect to it' };
  } finally {
    windows.close();
  }
}

/** What can be told only from the database. The embedded one is looked into when it runs, and not started. */
async function* checkStored(environment: Environment, surroundings: DoctorSurroundings): AsyncGenerator<Finding> {
  const embedded = environment.databaseUrl === undefined ? await findRunningPostgres(environment.dataDir) : undefined;
  const url = environment.databaseUrl ?? embedded?.url;
  if (url === undefined) {
    yield { check: 'database', state: 'ok', text: 'the embedded one is not running; "ringdown start" starts it' };
    yield await checkClock(undefined, surroundings.clock);
    return;
  }
  const pool = openForReading(url);
  try {
    const place = embedded ? 'embedded' : new URL(url).hostname;
    const pending = await pendingMigrations(pool);
    if (pending.length > 0) {
      yield { check: 'database', state: 'ok', text: `reachable (${place}); "ringdown start" brings its schema up to date` };
      return;
    }
    yield { check: 'database', state: 'ok', text: `reachable and migrated (${place})` };
    yield await checkClock(await databaseClock(pool), surroundings.clock);
    const sealing = await openSealing(environment, pool);
    yield sealing
      ? { check: 'instance key', state: 'ok', text: 'opens what is sealed in the database' }
      : {
          check: 'instance key',
          state: 'failed',
          text: 'does not open what is sealed in the database',
          advice: 'set RINGDOWN_INSTANCE_KEY to the key of the node that set the database up',
        };
    if (sealing) {
      const { carriers } = await new ConfigStore({ pool }, sealing).load();
      for (const carrier of carriers) {
        yield await checkCarrier(carrier, surroundings.signal);
        yield* checkEncryption(carrier);
      }
    }
    yield* checkWebhooks(environment, await applicationHosts(pool), surroundings.clock);
  } catch (error) {
    const advice = embedded
      ? 'see postgres.log in the data directory'
      : 'correct DATABASE_URL, or let this machine connect to it';
    yield { check: 'database', state: 'failed', text: textOf(error), advice };
  } finally {
    await pool.end();
  }
}

/** Undefined when the key is missing or another one. A key is never made here: it would be one that opens nothing. */
async function openSealing({ instanceKey, dataDir }: Environment, pool: pg.Pool): Promise<Sealing | undefined> {
  try {
    const hex = instanceKey ?? (await readFile(path.join(dataDir, 'instance.key'), 'utf8'));
    const sealing = createSealing(Buffer.from(hex.trim(), 'hex'));
    const sample = await sealedSample(pool);
    if (sample !== undefined) sealing.unseal(sample);
    return sealing;
  } catch {
    return undefined;
  }
}

async function checkClock(database: number | undefined, clock: Clock): Promise<Finding> {
  const check = 'clock';
  const now = clock.now();
  const advice = 'let NTP set the clock of this machine';
  if (now < EARLIEST_CLOCK) return { check, state: 'failed', text: `says ${new Date(now).toISOString()}`, advice };
  if (database === undefined) return { check, state: 'ok', text: new Date(now).toISOString() };
  const difference = Math.round(Math.abs(now - database) / 1000);
  if (Math.abs(now - database) <= CLOCK_TOLERANCE_MS) return { check, state: 'ok', text: 'agrees with that of the database' };
  return { check, state: 'failed', text: `differs from that of the database by ${difference} s`, advice };
}

async function checkCarrier(carrier: Configuration['carriers'][number], signal: AbortSignal): Promise<Finding> {
  const check = `carrier ${carrier.name}`;
  const target = targetOf(carrier);
  if (!target) return { check, state: 'ok', text: 'speaks UDP, which tells nothing before a call' };
  if (isIP(target.host) === 0) {
    try {
      await lookup(target.host);
    } catch (error) {
      return {
        check,
        state: 'failed',
        text: `${target.host} does not resolve: ${textOf(error)}`,
        advice: 'correct url of the carrier, or DNS',
      };
    }
  }
  const place = `${target.host}:${target.port}`;
  const reason = await connects(target.host, target.port, signal);
  if (reason === undefined) return { check, state: 'ok', text: `${place} takes connections` };
  return {
    check,
    state: 'failed',
    text: `${place}: ${reason}`,
    advice: 'correct url of the carrier, or let this machine through its firewall',
  };
}

/** Keys of audio are as secret as the signalling that carries them. */
function* checkEncryption({ name, kind, options: { url, srtp } }: Configuration['carriers'][number]): Generator<Finding> {
  if (kind !== 'sip' || (srtp !== 'required' && srtp !== 'optional') || isTlsUri(String(url))) return;
  yield {
    check: `carrier ${name}`,
    state: 'warning',
    text:
      srtp === 'required'
        ? 'the keys of its audio go out in clear'
        : 'its audio is not encrypted: keys are offered over TLS only',
    advice: 'put transport=tls into url of the carrier',
  };
}

function targetOf({ kind, options }: Configuration['carriers'][number]): { host: string; port: number } | undefined {
  const url = String(options.url);
  if (kind === 'smpp') return parseSmppUrl(url);
  const sip = /^(sips?):(?:[^@]*@)?(\[[^\]]+\]|[^:;?]+)(?::(\d+))?(?:;.*transport=(\w+))?/i.exec(url);
  const secure = sip?.[1] === 'sips' || sip?.[4]?.toLowerCase() === 'tls';
  if (!sip?.[2] || (!secure && sip[4]?.toLowerCase() !== 'tcp')) return undefined;
  return { host: sip[2].replace(/^\[|\]$/g, ''), port: Number(sip[3] ?? (secure ? 5061 : 5060)) };
}

async function* checkWebhooks(environment: Environment, hosts: readonly string[], clock: Clock): AsyncGenerator<Finding> {
  const check = 'webhooks';
  if (environment.allowPrivateWebhooks) {
    yield { check, state: 'ok', text: 'may go to every address, private ones too' };
    return;
  }
  const guard = new TargetGuard({ allowPrivateTargets: false, allowed: [] }, clock);
  const refused: string[] = [];
  const unresolved: string[] = [];
  for (const host of hosts) {
    const addresses = isIP(host) !== 0 ? [{ address: host }] : await lookup(host, { all: true }).catch(() => undefined);
    if (addresses === undefined) unresolved.push(host);
    else if (!addresses.some(({ address }) => guard.permits(address))) refused.push(host);
  }
  if (refused.length > 0) {
    yield {
      check,
      state: 'failed',
      text: `${refused.slice(0, 5).join(', ')} in applications: private addresses are refused`,
      advice: 'set RINGDOWN_ALLOW_PRIVATE_WEBHOOKS=true, or use public URLs',
    };
  }
  if (unresolved.length > 0) {
    yield {
      check: 'DNS',
      state: 'warning',
      text: `${unresolved.slice(0, 5).join(', ')} of applications do not resolve`,
      advice: 'correct the URLs of the applications',
    };
  }
  if (refused.length + unresolved.length === 0)
    yield { check, state: 'ok', text: 'go to public addresses only, and every application has one' };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
