import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { ApplicationDirectory } from '../accounts/application-directory.ts';
import type { RateTable } from '../billing/rates.ts';
import { StandingStore } from '../billing/standing-store.ts';
import type { CarrierEvents } from '../carriers/carrier.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { Storage } from '../storage/storage.ts';
import { AcceptStore, type MediaAttacher, type StatusNotifier } from './accept-store.ts';
import { Acceptance } from './acceptance.ts';
import { CarrierSet } from './carrier-set.ts';
import { balanceOf, Credit } from './credit.ts';
import { Dispatcher } from './dispatcher.ts';
import type { QueueLimits } from './dispatcher-options.ts';
import type { GeoAlertNotifier } from './geo-permissions.ts';
import { type InboundMediaSink, type InboundNotifier, InboundService, type MessageRelay } from './inbound.ts';
import { InboundStore } from './inbound-store.ts';
import { OutcomeStore } from './outcome-store.ts';
import { OutcomeWriter } from './outcome-writer.ts';
import type { OwnNumbers } from './own-numbers.ts';
import type { PowerpackDirectory } from './powerpacks/powerpack-directory.ts';
import { PowerpackSenders } from './powerpacks/powerpack-senders.ts';
import type { StickySenders } from './powerpacks/sticky-senders.ts';
import { QueueLoader } from './queue-loader.ts';
import { QueueStore } from './queue-store.ts';
import { noRegistrationRules, type RegistrationRules } from './registration.ts';
import { type OutboundMediaSource, SendService } from './send.ts';
import { AccountRates } from './sender-rates.ts';
import { Usage } from './usage.ts';
import { UsageStore } from './usage-store.ts';

export interface MessagingDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly storage: Storage;
  readonly node: string;
  readonly directory: AccountDirectory;
  readonly numbers: OwnNumbers;
  readonly applications: ApplicationDirectory;
  readonly outboundMedia: OutboundMediaSource;
  readonly attachMedia: MediaAttacher;
  readonly inboundMedia: InboundMediaSink;
  readonly statusNotifier: StatusNotifier;
  readonly inboundNotifier: InboundNotifier;
  readonly relay?: MessageRelay | undefined;
  readonly geoAlerts: GeoAlertNotifier;
  readonly rates: () => RateTable;
  readonly powerpacks: PowerpackDirectory;
  readonly stickySenders: StickySenders;
  /** Absent: nothing is enforced. */
  readonly registration?: RegistrationRules | undefined;
  readonly queueLimits?: QueueLimits | undefined;
  /** How long results of submits wait to be written together; 0 = not at all, for tests on a clock that stands still. */
  readonly outcomeLingerMs: number;
}

/** Early receipts of other nodes are looked for this often; one's own are found at once. */
const SWEEP_MS = 5_000;

/** Days are the longest that is counted; another one for nodes whose clocks disagree. */
const USAGE_KEEP_MS = 2 * 24 * 3_600_000;

/** The messaging engine, put together: what comes in by the API goes out by carriers, and the other way round. */
export class Messaging {
  readonly carriers: CarrierSet;
  readonly sending: SendService;
  readonly inbound: InboundService;
  readonly inboundStore: InboundStore;
  readonly dispatcher: Dispatcher;
  readonly queueStore: QueueStore;
  /** What carriers report goes here. */
  readonly events: CarrierEvents;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #acceptance: Acceptance;
  readonly #acceptStore: AcceptStore;
  readonly #writer: OutcomeWriter;
  readonly #loader: QueueLoader;
  readonly #usageStore: UsageStore;
  readonly #usage: Usage;
  #cancelSweep: (() => void) | undefined;

  constructor(needs: MessagingDependencies) {
    const { clock, log, ids, storage, directory } = needs;
    this.#clock = clock;
    this.#log = log;
    this.carriers = new CarrierSet(clock);
    this.queueStore = new QueueStore(storage.hot, needs.node);
    this.inboundStore = new InboundStore(storage.pool);
    const outcomes = new OutcomeStore(storage.hot, needs.statusNotifier, (accounts) => {
      for (const account of accounts) directory.invalidate(account);
    });
    this.#writer = new OutcomeWriter(outcomes, clock, log, needs.outcomeLingerMs);
    this.#usageStore = new UsageStore(storage.pool);
    this.#usage = new Usage(this.#usageStore, clock, log);
    const standings = new StandingStore(storage.hot);
    const balances = {
      async balance(authId: string) {
        const standing = await standings.find(authId, clock.now());
        return standing && balanceOf(standing);
      },
    };
    const credit = new Credit(balances, directory, clock);
    const registration = needs.registration ?? noRegistrationRules;
    const limits = new AccountRates(directory, registration);
    this.dispatcher = new Dispatcher({
      clock,
      log,
      carriers: this.carriers,
      writer: this.#writer,
      queueStore: this.queueStore,
      accountLimit: (message) => limits.ofAccount(message),
      senderLimit: (message) => limits.ofSender(message),
      admit: (message) => credit.admit(message.account, message.ownerId, message.chargeMicros),
      limits: needs.queueLimits,
      wantMore: () => this.#loader.wantMore(),
    });
    this.#acceptStore = new AcceptStore(storage.hot, needs.statusNotifier, needs.attachMedia);
    this.#acceptance = new Acceptance(this.#acceptStore, this.dispatcher, needs.node, () => this.#writer.waiting);
    this.#loader = new QueueLoader({
      clock,
      log,
      store: this.queueStore,
      dispatcher: this.dispatcher,
      writer: this.#writer,
      overflow: this.#acceptance.overflow,
      readAccount: (authId) => directory.find(authId),
    });
    const account = (authId: string) => directory.find(authId);
    this.sending = new SendService({
      clock,
      ids,
      acceptance: this.#acceptance,
      numbers: needs.numbers,
      media: needs.outboundMedia,
      usage: this.#usage,
      rates: needs.rates,
      geoAlerts: needs.geoAlerts,
      powerpacks: new PowerpackSenders({
        powerpacks: needs.powerpacks,
        sticky: needs.stickySenders,
        usage: this.#usage,
        registration,
      }),
      registration,
    });
    this.inbound = new InboundService({
      relay: needs.relay,
      clock,
      ids,
      log,
      store: this.inboundStore,
      numbers: needs.numbers,
      applications: needs.applications,
      powerpackOf: (number) => needs.powerpacks.ofNumber(number),
      account,
      notifier: needs.inboundNotifier,
      media: needs.inboundMedia,
      acceptance: this.#acceptance,
      rates: needs.rates,
      optedOut: () => this.#acceptStore.noteOptOut(),
    });
    this.events = {
      receipt: (receipt) => this.#writer.add({ kind: 'receipt', receipt }),
      inbound: async (message) => {
        await this.inbound.receive(message);
      },
      changed: (carrier) => {
        if (this.carriers.noteChange(carrier)) this.dispatcher.wake();
        else this.dispatcher.roomAppeared();
      },
    };
  }

  /** Takes up what an earlier process left, then begins to dispatch. */
  async start(node: string): Promise<void> {
    const perhaps = await this.queueStore.takeOver(node, this.#clock.now());
    if (perhaps > 0)
      this.#log.warn({ messages: perhaps }, 'messages were in hand when the server stopped: sent again, perhaps twice');
    await this.#acceptStore.refreshOptOuts();
    this.dispatcher.start();
    this.#loader.start();
    this.#usage.start();
    this.#sweepLater();
  }

  /** No new submits; waits at most `graceMs` for answers under way, writes what became of them, gives the rest back. */
  async stop(graceMs: number): Promise<void> {
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    await this.#loader.stop();
    await this.#acceptance.drain();
    await this.dispatcher.stop(graceMs);
    await this.#usage.stop();
  }

  /** After the carriers have stopped: the last receipts are written. */
  async close(): Promise<void> {
    await this.#writer.stop();
  }

  /** Drops the counters of hours and days that nothing looks at any more. */
  forgetUsage(): Promise<void> {
    return this.#usageStore.forgetBefore(this.#clock.now() - USAGE_KEEP_MS);
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#clock.after(SWEEP_MS, () => {
      // One after the other: at once they would open a second connection.
      this.#writer
        .add({ kind: 'sweep', at: this.#clock.now() })
        .then(() => this.#acceptStore.refreshOptOuts())
        .catch((error: unknown) => this.#log.warn({ err: error }, 'sweep failed'))
        .finally(() => {
          if (this.#cancelSweep) this.#sweepLater();
        });
    });
  }
}
