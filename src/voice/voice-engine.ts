import type { Account } from '../accounts/account.ts';
import type { Micros } from '../billing/money.ts';
import type { TrunkOptions } from '../carriers/sip/trunk.ts';
import { TrunkRegistrations } from '../carriers/sip/trunk-registrations.ts';
import { Trunks } from '../carriers/sip/trunks.ts';
import type { StopStep } from '../runtime/shutdown.ts';
import { createDigestVerifier } from '../sip/digest-verifier.ts';
import { type Binding, MemoryBindingStore } from '../sip/registration/binding.ts';
import { Registrar } from '../sip/registration/registrar.ts';
import { createSipStack, type SipStack } from '../sip/sip-stack.ts';
import type { Target } from '../sip/transports/flow.ts';
import { closeAbandoned, type HangupNotifier } from './abandoned-calls.ts';
import type { Call } from './call.ts';
import { CallControlService } from './call-control-service.ts';
import { CallStepWriter } from './call-timeline.ts';
import { ConferenceControlService } from './conferences/conference-control-service.ts';
import { Conferences } from './conferences/conferences.ts';
import { CreditWatch } from './credit.ts';
import { DialLegs } from './dial-legs.ts';
import { EndpointContacts } from './endpoint-contacts.ts';
import type { FlowServices } from './flow-services.ts';
import { hangupCause } from './hangup-cause.ts';
import { InboundCalls } from './inbound-calls.ts';
import { InboundTargets } from './inbound-targets.ts';
import { LiveCalls } from './live-calls.ts';
import { MultiPartyCalls } from './multiparty/multiparty-calls.ts';
import { MultiPartyControlService } from './multiparty/multiparty-control-service.ts';
import { MultiPartyInvitations } from './multiparty/multiparty-invitations.ts';
import { OutboundCalls } from './outbound-calls.ts';
import { PHONE_REALM } from './phone-domain.ts';
import { PlacedLegs } from './placed-legs.ts';
import { callRate } from './pricing.ts';
import { PlacedProgramCalls } from './program-calls.ts';
import { RunningRecordings } from './running-recordings.ts';
import { answerMessage, answerOptions } from './sip/browser-queries.ts';
import { CallSources } from './sip/call-sources.ts';
import { FailedLogins } from './sip/failed-logins.ts';
import { LegRoutes, SIMULATOR } from './sip/leg-routes.ts';
import { LegSessions } from './sip/leg-sessions.ts';
import { outboundLeg } from './sip/outbound-leg.ts';
import { SipDoor } from './sip/sip-door.ts';
import { SipTimeline } from './sip/sip-timeline.ts';
import { SrtpRules } from './sip/srtp-rules.ts';
import { TokenLogins } from './sip/token-logins.ts';
import { STOP_MEDIA_MS, STOP_STACK_MS, STOP_TRUNKS_MS, STOP_WRITE_MS } from './stop-limits.ts';
import { StoredCallRecords } from './stored-call-records.ts';
import { AudioStreams } from './streams/audio-streams.ts';
import { StreamControlService } from './streams/stream-control.ts';
import { createTransfers } from './transfers/create-transfers.ts';
import type { TransferRequest } from './transfers/transfer-request.ts';
import type { Transfers } from './transfers/transfers.ts';
import { VerificationCalls } from './verification-calls.ts';
import type { VoiceEngineOptions } from './voice-engine-options.ts';
import type { VoiceServices } from './voice-off.ts';
import type { WriteNotifications } from './write-notifications.ts';

/** Hours would be too long to wait for at shutdown, and a beat is what a crash may leave unbilled. */
const BEAT_MS = 5_000;
const CLAIM_EVERY_MS = 1_000;
/** As long as the balance of an account may be old. */
const CREDIT_CHECK_MS = 5_000;

/**
 * MD5 alone: phones in use (all of libre before 2.2, as Debian's baresip 1.0, and many desk phones) give up at a challenge that names
 * SHA-256, even beside MD5.
 */
const CHALLENGES = ['MD5'] as const;

/** Calls: SIP, media, documents and records, wired. */
export class VoiceEngine {
  /** What API requests reach. */
  readonly services: VoiceServices;
  readonly contacts: EndpointContacts;
  readonly stack: SipStack;
  readonly live = new LiveCalls();
  readonly steps: CallStepWriter;
  readonly #streams: AudioStreams;
  readonly #multiParty: MultiPartyCalls;
  readonly #options: VoiceEngineOptions;
  readonly #trunks = new Trunks();
  readonly #outbound: OutboundCalls;
  readonly #inbound: InboundCalls;
  readonly #transfers: Transfers;
  readonly #sources: CallSources;
  readonly #registrar: Registrar;
  readonly #registrations: TrunkRegistrations;
  #trunkOptions: readonly TrunkOptions[] = [];
  #started = false;
  readonly #credit: CreditWatch;
  #carrierRate: (carrier: string, number: string) => Micros = () => 0;
  #carriersFor: (number: string) => readonly string[] = () => [SIMULATOR];
  readonly #sipTimeline: SipTimeline;
  readonly #recordings: RunningRecordings;
  #stopTimers: (() => void)[] = [];

  constructor(options: VoiceEngineOptions) {
    this.#options = options;
    const { clock, random, ids, log, media, application, home, publicIp } = options;
    const timeline = new SipTimeline(clock);
    this.#sipTimeline = timeline;
    this.steps = new CallStepWriter(clock, options.steps, log);
    this.stack = createSipStack({
      clock,
      random,
      network: options.network,
      listen: options.listen,
      advertise: { host: publicIp },
      userAgent: options.userAgent,
      trace: timeline.trace,
      limits: { isTrusted: (address) => this.#trunks.bySource(address) !== undefined },
      onError: (error) => log.error({ err: error }, 'a SIP request was not served'),
    });
    const account = (authId: string): Promise<Account | undefined> => options.accounts.find(authId);
    this.#credit = new CreditWatch({ clock, live: this.live, account, standings: options.standings });
    const environment = {
      clock,
      records: new StoredCallRecords({
        store: options.store,
        node: options.node,
        writeNotifications: (client, notifications) => application.writeNotifications(client, notifications),
        detectionPrice: options.detectionPrice,
      }),
      timeline: (callId: string) => this.steps.open(callId),
      carrierRate: (carrier: string, number: string) => this.#carrierRate(carrier, number),
      answered: this.#credit.watchAnswer,
      transfer: (call: Call, request: TransferRequest) => this.#transfers.take(call, request),
    };
    const bindings = new MemoryBindingStore();
    this.contacts = new EndpointContacts(
      (username) => this.#registrar.remove(username),
      (place) => this.stack.isReachable(place),
    );
    const failures = new FailedLogins(clock);
    const tokens = new TokenLogins(options.accessTokens, () => clock.now());
    this.#registrar = new Registrar({
      proof: (incoming) => tokens.prove(incoming),
      onRefused: (address) => failures.failed(address),
      clock,
      random,
      realm: PHONE_REALM,
      algorithms: CHALLENGES,
      lookup: (username) => this.#ha1(username),
      store: bindings,
      onChange: (username, current: readonly Binding[]) => this.contacts.changed(username, current),
    });
    const endpointOf = (username: string) => options.endpoints.findByUsername(username);
    const own = { sessions: new LegSessions(), srtp: new SrtpRules({ trunks: this.#trunks, account, endpoint: endpointOf }) };
    const services = { media, random, publicIp, codecs: ['PCMU', 'PCMA', 'G722'], timeline, ...own } as const;
    this.#sources = new CallSources({
      stack: this.stack,
      trunks: this.#trunks,
      phones: () => options.phones(),
      trustLoopback: options.trustLoopback,
      isOurNumber: async (number) => (await options.numbers.find(number)) !== undefined,
    });
    const routes = new LegRoutes({
      clock,
      trunks: this.#trunks,
      carriersFor: (number) => this.#carriersFor(number),
      home,
      contactOf: (username) => this.contacts.latest(username, clock.now()),
      simulatorPlace: (number) => this.#sources.simulatorPlace(number),
      host: publicIp,
      srtp: services.srtp,
    });
    const legs = {
      make: (request: Parameters<LegRoutes['find']>[0]) =>
        outboundLeg(request, {
          ...services,
          clock,
          invite: (invite) => this.stack.invite(invite),
          route: (wanted) => routes.find(wanted),
        }),
    };
    const rates = (direction: 'inbound' | 'outbound', farNumber: string) => callRate(options.rates(), direction, farNumber);
    const { canPay } = this.#credit;
    const shared = { ...environment, ids, legs, live: this.live, permissions: options.permissions, rates, account, home, canPay };
    const writeNotifications: WriteNotifications = (client, notifications) =>
      application.writeNotifications(client, notifications);
    this.#streams = new AudioStreams({
      clock,
      ids,
      dialect: options.streams.dialect,
      open: options.streams.open,
      records: options.streams.store,
      notify: (notification) => application.notify(notification),
    });
    this.#recordings = new RunningRecordings(clock, options.recordings, writeNotifications, options.transcriptions);
    this.#multiParty = new MultiPartyCalls({
      clock,
      ids,
      log,
      media,
      notify: (notification) => application.notify(notification),
      records: options.multiParty,
      rate: () => options.rates().find('multiparty', 'inbound', '').rate,
    });
    const flow: FlowServices = {
      clock,
      media,
      application,
      sounds: options.sounds,
      dialler: new DialLegs(shared),
      recordings: this.#recordings,
      streams: this.#streams,
      conferences: new Conferences({ clock, ids, media }),
      multiParty: this.#multiParty,
      recogniser: options.recogniser,
      charges: options.charges,
      sendMessage: options.sendMessage,
    };
    this.#outbound = new OutboundCalls({ ...shared, node: options.node, store: options.store, services: flow });
    const { transfers, replacing } = createTransfers(shared, flow, this.#trunks, endpointOf);
    this.#transfers = transfers;
    const targets = new InboundTargets({
      number: (digits) => options.numbers.find(digits),
      account,
      application: (appId) => options.applicationDirectory.find(appId),
      program: async (digits, caller) => options.numberProgram?.(digits, caller),
      endpoint: endpointOf,
      defaultEndpointApplication: (accountId) => options.applications.findEndpointDefault(accountId),
    });
    this.#inbound = new InboundCalls({
      ...environment,
      ids,
      live: this.live,
      rates,
      services: flow,
      targetOf: (incoming) => targets.find(incoming),
    });
    const calls = new CallControlService({
      live: this.live,
      outbound: this.#outbound,
      services: flow,
      ids,
      store: options.store,
      open: options.open,
      writeNotifications,
    });
    const placedLegs = new PlacedLegs({ ...shared, node: options.node, store: options.store, outbound: this.#outbound });
    this.services = {
      calls,
      streams: new StreamControlService({ live: this.live, streams: this.#streams, records: options.streams.store }),
      conferences: new ConferenceControlService(flow),
      multiPartyCalls: new MultiPartyControlService({
        services: flow,
        archive: options.multiParty,
        invitations: new MultiPartyInvitations({
          ids,
          live: this.live,
          services: flow,
          legs: placedLegs,
        }),
      }),
      registrations: this.contacts,
      programCalls: new PlacedProgramCalls({ legs: placedLegs, live: this.live, services: flow, clock, ids }),
      codeCaller: new VerificationCalls({ ...shared, services: flow }),
    };
    const door = new SipDoor({
      audio: services,
      log,
      carrierOf: (source) => this.#sources.carrierOf(source),
      verifier: createDigestVerifier({ clock, random, realm: PHONE_REALM, algorithms: CHALLENGES }),
      failures,
      tokens,
      ha1: (username) => this.#ha1(username),
      endpointOf,
      isPublicApplication: async (appId) => (await options.applicationDirectory.find(appId))?.publicUri === true,
      trunkOf: options.trunkOf,
      arrive: (incoming) =>
        incoming.replaces ? replacing.arrive(incoming, incoming.replaces.callId) : this.#inbound.arrive(incoming),
    });
    this.#registrations = new TrunkRegistrations(() => this.stack.services, log);
    this.stack.onInvite((invite) => door.take(invite));
    this.stack.onOptions(answerOptions);
    this.stack.onMessage(answerMessage);
    this.stack.onRegister((incoming) => {
      if (failures.isLocked(incoming.source.address)) incoming.respond(403);
      else this.#registrar.handle(incoming);
    });
  }

  /** Trunks and routes of the configuration; calls under way are left alone. */
  use(
    trunks: readonly TrunkOptions[],
    carriersFor: (number: string) => readonly string[],
    carrierRate: (carrier: string, number: string) => Micros,
  ): void {
    this.#carrierRate = carrierRate;
    this.#trunks.replace(trunks);
    this.#carriersFor = carriersFor;
    this.#trunkOptions = trunks;
    if (this.#started) this.#registrations.use(trunks);
  }

  /** Where this node takes calls by SIP over UDP, for who runs beside it. */
  get place(): Target | undefined {
    return this.#sources.place;
  }

  /** Calls of the API that wait for their turn. */
  get waiting(): number {
    return this.#outbound.waiting;
  }

  get mediaLegs(): number {
    return this.#options.media.counts().legs;
  }

  async start(): Promise<void> {
    const { node, clock, open } = this.#options;
    await this.takeOver(node);
    await open.beat(node, clock.now());
    await this.stack.start();
    this.#started = true;
    this.#registrations.use(this.#trunkOptions);
    this.#every(BEAT_MS, () => open.beat(node, clock.now()));
    this.#every(CREDIT_CHECK_MS, () => this.#credit.check());
    this.#every(CLAIM_EVERY_MS, () => this.#outbound.claim());
  }

  /** Closes what a dead node, or an earlier process of this one, left open. Answers how many calls. */
  async takeOver(node: string): Promise<number> {
    const { clock, open, store, streams, multiParty, application } = this.#options;
    await streams.store.closeAbandoned(node, clock.now());
    await multiParty.closeAbandoned(node, clock.now());
    const notify: HangupNotifier = (client, call, target) =>
      application.writeNotifications(client, [{ kind: 'hangup', call, target }]);
    const { closed } = await closeAbandoned(node, open, store, notify, this.#options.detectionPrice);
    return closed;
  }

  /** Takes no more calls, lets those that are up go on for the grace period, then ends them and writes their records. */
  stopSteps(): readonly StopStep[] {
    const { media, store } = this.#options;
    return [
      {
        name: 'calls that wait for their turn',
        mostMs: STOP_WRITE_MS,
        run: () => {
          for (const stop of this.#stopTimers) stop();
          this.#inbound.drain();
          this.#multiParty.giveUpInvitations();
          return this.#outbound.stop();
        },
      },
      { name: 'registrations at trunks', mostMs: STOP_TRUNKS_MS, run: () => this.#registrations.stop() },
      { name: 'calls', mostMs: STOP_STACK_MS, graceful: true, run: (graceMs) => this.stack.stop(graceMs) },
      {
        name: 'records of calls',
        mostMs: STOP_WRITE_MS,
        run: () => {
          // Those that had not been answered: the stack refuses their INVITE and tells nobody.
          for (const { call } of [...this.live]) call.hangUp(hangupCause(5010, 'Plivo'));
          return Promise.all([...this.live].map(({ call }) => call.ended));
        },
      },
      {
        name: 'audio streams and multiparty calls',
        mostMs: STOP_WRITE_MS,
        run: () => Promise.all([this.#streams.settled(), this.#multiParty.settled()]),
      },
      {
        name: 'media',
        mostMs: STOP_MEDIA_MS,
        run: () => {
          this.#sipTimeline.stop();
          this.#registrar.stop();
          return media.close();
        },
      },
      { name: 'recordings', mostMs: STOP_WRITE_MS, run: () => this.#recordings.settled() },
      { name: 'timelines of calls', mostMs: STOP_WRITE_MS, run: () => this.steps.stop() },
      // From here on a write that fails is not tried again: the next start closes what is still open.
      { name: 'writes of calls', mostMs: STOP_WRITE_MS, run: () => store.stop() },
    ];
  }

  #every(ms: number, task: () => Promise<void>): void {
    let cancel: () => void = () => undefined;
    let stopped = false;
    const run = () => {
      task()
        .catch((error: unknown) => this.#options.log.warn({ err: error }, 'upkeep of calls failed, it is tried again'))
        .finally(() => {
          if (!stopped) cancel = this.#options.clock.after(ms, run);
        });
    };
    cancel = this.#options.clock.after(ms, run);
    this.#stopTimers.push(() => {
      stopped = true;
      cancel();
    });
  }

  async #ha1(username: string) {
    const endpoint = await this.#options.endpoints.findByUsername(username);
    return endpoint && { md5: endpoint.ha1Md5, sha256: endpoint.ha1Sha256 };
  }
}
