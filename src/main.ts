import path from 'node:path';
import type { Account } from './accounts/account.ts';
import { ensureFirstAccount } from './accounts/first-account.ts';
import { InstallationStore } from './accounts/installation-store.ts';
import { defaultRates } from './billing/default-rates.ts';
import { formatAmount } from './billing/money.ts';
import { compileRates, type RateRow } from './billing/rates.ts';
import { ConfiguredCarriers } from './carriers/configured-carriers.ts';
import { compileCosts } from './carriers/cost-table.ts';
import type { CarrierConfiguration } from './carriers/registry.ts';
import type { TrunkOptions } from './carriers/sip/trunk.ts';
import { PostgresPartStore } from './carriers/smpp/postgres-part-store.ts';
import { Membership } from './cluster/membership.ts';
import { NodeConnection } from './cluster/node-connection.ts';
import { HEARTBEAT_MS, loadNodeId, NodeStore } from './cluster/node-store.ts';
import { openSharedState } from './cluster/shared-state.ts';
import { defaultCompliance } from './compliance/configuration.ts';
import { compose } from './composition.ts';
import { ConfigStore, type ConfiguredRate, type ConfiguredRoute } from './config/config-store.ts';
import { type Environment, nodeUrlOf, publicUrlOf } from './config/environment.ts';
import { LiveConfiguration } from './config/live-configuration.ts';
import { Maintenance } from './maintenance.ts';
import { DEFAULT_FAILOVER_CODES, type Route, Router } from './messaging/router.ts';
import { registerHealth } from './operator/health.ts';
import type { Ringdown } from './ringdown.ts';
import { systemClock } from './runtime/clock.ts';
import { IDLE_LOOK_EVERY_MS, IdleMemory, thisProcess } from './runtime/idle-memory.ts';
import { createLog, type Log } from './runtime/log.ts';
import { createSystemRandom } from './runtime/random.ts';
import { reservePort } from './runtime/reserved-port.ts';
import { Shutdown } from './runtime/shutdown.ts';
import { defaultSpeech } from './speech/engines.ts';
import { noRecognition } from './speech/recognition/configured-recogniser.ts';
import { openLocalBlobs } from './storage/blobs.ts';
import { startEmbeddedPostgres } from './storage/embedded-postgres.ts';
import { createPartitions, dropExpiredPartitions } from './storage/partitions.ts';
import { createSealing, loadInstanceKey } from './storage/sealing.ts';
import { openStorage } from './storage/storage.ts';
import { voiceGround } from './voice-ground.ts';

/** A running server. */
export interface Server {
  readonly url: string;
  readonly account: Account;
  readonly operatorToken: string;
  readonly ringdown: Ringdown;
  /** Drains: no new work, answers under way are waited for, the embedded database is shut down. Never rejects. */
  stop(): Promise<void>;
  /** What `stop` waits for now. */
  readonly waitingFor: string | undefined;
  readonly log: Log;
}

/** Results of submits are written together every few milliseconds; nobody waits for them but a crash makes more of them unknown. */
const OUTCOME_LINGER_MS = 5;
const DAY_MS = 24 * 3_600_000;
/** messaging.md §18: records are kept 90 days. */
const RECORD_RETENTION_MS = 90 * DAY_MS;
const HOUR_MS = 3_600_000;
const MEDIA_EXPIRY_EVERY_MS = 10 * 60_000;
/** What takes a statement or none. A database that is away is not waited for. */
const STOP_MS = 1_500;
/** Two seconds for statements under way, then their connections are broken off. */
const STOP_STORAGE_MS = 3_000;
/** A fast shutdown writes one checkpoint. It goes on by itself when the program no longer waits. */
const STOP_DATABASE_MS = 10_000;

/**
 * Starts everything in the order of dependence: key, database, schema, first account, carriers, queues, and last the door. What
 * had been started when something fails is stopped again, so that the process can end.
 */
export async function startServer(environment: Environment): Promise<Server> {
  const log = createLog(environment.logLevel);
  const started = new Shutdown({ clock: systemClock, log });
  try {
    const server = await startAll(environment, log, started);
    started.allow(environment.drainSeconds * 1000);
    return {
      ...server,
      log,
      stop: () => started.run(),
      get waitingFor() {
        return started.waitingFor;
      },
    };
  } catch (error) {
    await started.run();
    throw error;
  }
}

async function startAll(
  environment: Environment,
  log: Log,
  started: Shutdown,
): Promise<Pick<Server, 'url' | 'account' | 'operatorToken' | 'ringdown'>> {
  const clock = systemClock;
  const random = createSystemRandom();
  const { dataDir } = environment;
  // The parser of files is loaded only where there is one.
  const file =
    environment.configFile === undefined
      ? undefined
      : await (await import('./config/yaml-file.ts')).readConfigFile(environment.configFile);
  const sealing = createSealing(await loadInstanceKey(dataDir, environment.instanceKey));
  const node = await loadNodeId(dataDir);
  // URLs of media name the port, and messages may come in before the door is open: it is chosen first.
  const reserved = environment.httpPort === 0 ? await reservePort(environment.bind) : undefined;
  started.add({ name: 'reserved port', mostMs: STOP_MS, run: () => reserved?.release() });
  const httpPort = reserved?.port ?? environment.httpPort;
  const publicUrl = publicUrlOf(environment, httpPort);
  const embedded = environment.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir }) : undefined;
  started.add({ name: 'embedded database', mostMs: STOP_DATABASE_MS, run: () => embedded?.stop() });
  const databaseUrl = environment.databaseUrl ?? embedded?.url ?? '';
  const connection = new NodeConnection(databaseUrl, node, clock, log);
  started.add({ name: 'connection of the node', mostMs: STOP_MS, run: () => connection.close() });
  await connection.open();
  const storage = await openStorage(databaseUrl, log);
  started.add({ name: 'database connections', mostMs: STOP_STORAGE_MS, run: () => storage.close() });
  await createPartitions(storage.pool, clock.now());
  const nodes = new NodeStore(storage.hot);
  await nodes.beat(node, clock.now());
  started.add({ name: 'name among the nodes', mostMs: STOP_MS, run: () => nodes.remove(node) });

  const shared = await openSharedState(environment.redisUrl, clock, log);
  started.add({ name: 'shared state', mostMs: STOP_MS, run: () => shared.close() });
  const installation = new InstallationStore(storage.pool, sealing);
  const operatorToken =
    environment.operatorToken ?? (await installation.secret('operator_token', () => random.bytes(24).toString('base64url')));
  const ringdown = compose({
    clock,
    random,
    log,
    storage,
    sealing,
    node,
    limiter: shared.limiter,
    operatorToken,
    blobs: await openLocalBlobs(path.join(dataDir, 'media'), clock.now()),
    recordingsDirectory: path.join(dataDir, 'recordings'),
    voice: await voiceGround(environment, clock, log),
    publicUrl,
    allowPrivateTargets: environment.allowPrivateWebhooks,
    allowedTargets: [],
    onlyNode: embedded !== undefined,
    outcomeLingerMs: OUTCOME_LINGER_MS,
  });
  const { services, messaging, http, simulator } = ringdown;
  // An account that the environment names may be the one that the file's numbers belong to; one that the file names is the first.
  const firstAccount = () => ensureFirstAccount(services.accounts, services.ids, new Date(clock.now()), environment);
  if (environment.authId !== undefined) await firstAccount();
  if (file) {
    const { applyConfig } = await import('./config/apply-config.ts');
    await applyConfig(file, { pool: storage.pool, sealing, ids: services.ids, at: new Date(clock.now()) });
  }
  const account = await firstAccount();

  registerHealth(http, { ...ringdown, redis: shared.redis }, storage);
  started.add(...ringdown.stopSteps());
  simulator.start(messaging.events);
  const carriers = new ConfiguredCarriers({ clock, random, log, parts: new PostgresPartStore(storage.pool) }, messaging.events);
  const configuration = new LiveConfiguration(new ConfigStore(storage, sealing), log, (wanted) => {
    const router = new Router(wanted.routes.map(routeOf));
    const costOf = compileCosts(wanted.costs);
    carriers.use(wanted.carriers, (running) => messaging.carriers.replace({ carriers: [...running, simulator], router, costOf }));
    ringdown.useSpeech(wanted.speech ?? defaultSpeech);
    ringdown.useCompliance(wanted.compliance ?? defaultCompliance);
    ringdown.useRecognition(wanted.recognition ?? noRecognition);
    ringdown.voice?.use(
      wanted.carriers.flatMap(trunkOf),
      (number) => router.find('voice', number).carriers,
      (carrier, number) => costOf(carrier, 'voice', number),
    );
    ringdown.useDoNotOriginate(wanted.doNotOriginate);
    ringdown.setRates(compileRates(ratesInForce(wanted.rates), wanted.networks));
    services.directory.invalidateAll();
    services.numberDirectory.invalidateAll();
    services.powerpackDirectory.invalidateAll();
    services.applicationDirectory.invalidateAll();
    messaging.dispatcher.wake();
  });
  started.add({ name: 'configuration', mostMs: STOP_MS, run: () => configuration.stop() });
  connection.onConfiguration(() => configuration.reload());
  await configuration.start();
  await ringdown.start();
  await reserved?.release();
  await http.listen({ port: httpPort, host: environment.bind });

  const address = nodeUrlOf(environment, httpPort);
  await nodes.beat(node, clock.now(), address);
  const membership = new Membership(nodes, node, clock, address);
  const takeOver = async (dead: string) => {
    const perhaps = await ringdown.takeOver(dead);
    log.warn({ node: dead, messages: perhaps }, 'a node is gone, its work is taken over');
  };
  const idleMemory = new IdleMemory(thisProcess());
  const maintenance = new Maintenance(clock, log);
  started.add({ name: 'chores', mostMs: STOP_MS, run: () => maintenance.stop() });
  maintenance.start([
    { name: 'heartbeat', everyMs: HEARTBEAT_MS, run: () => membership.beat(takeOver) },
    { name: 'idle memory', everyMs: IDLE_LOOK_EVERY_MS, run: async () => idleMemory.look() },
    { name: 'partitions', everyMs: DAY_MS, run: () => createPartitions(storage.pool, clock.now()) },
    {
      name: 'record retention',
      everyMs: HOUR_MS,
      run: () => dropExpiredPartitions(storage.pool, clock.now(), RECORD_RETENTION_MS),
    },
    { name: 'media expiry', everyMs: MEDIA_EXPIRY_EVERY_MS, run: () => services.media.expire() },
    ...ringdown.chores,
  ]);
  return { url: publicUrl, account, operatorToken, ringdown };
}

/** The trunks among the carriers; their options were checked when the configuration was applied. */
function trunkOf({ kind, name, options }: CarrierConfiguration): readonly TrunkOptions[] {
  return kind === 'sip' ? [{ url: '', ...options, name }] : [];
}

function routeOf(route: ConfiguredRoute): Route {
  const failoverCodes = route.failoverCodes.length > 0 ? route.failoverCodes : DEFAULT_FAILOVER_CODES;
  return { ...route, failoverCodes };
}

/** The operator's price list, or the default one. */
function ratesInForce(rates: readonly ConfiguredRate[]): readonly RateRow[] {
  return rates.length > 0 ? rates.map(rateRow) : defaultRates;
}

const rateRow = (rate: ConfiguredRate): RateRow => ({
  service: rate.service,
  direction: rate.direction,
  prefix: rate.prefix,
  network: rate.network,
  rate: formatAmount(rate.rate),
  carrierFee: formatAmount(rate.fee),
  ...(rate.minimumS !== null && rate.incrementS !== null
    ? { increment: { minimumS: rate.minimumS, incrementS: rate.incrementS } }
    : {}),
});
