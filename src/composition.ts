import { AccountDirectory } from './accounts/account-directory.ts';
import { AccountStore } from './accounts/account-store.ts';
import { ApplicationDirectory } from './accounts/application-directory.ts';
import { ApplicationStore } from './accounts/application-store.ts';
import { SubaccountStore } from './accounts/subaccount-store.ts';
import { Billing } from './billing/billing.ts';
import { choresOf } from './chores.ts';
import { composeForwarding, limiterOf } from './cluster-composition.ts';
import { BrandOtp } from './compliance/brand-otp.ts';
import { composeCompliance } from './compliance-composition.ts';
import { Dispatcher as Delivery, type WebhookKind } from './delivery/dispatcher.ts';
import { HttpClient } from './delivery/http-client.ts';
import { messagingPolicy, voicePolicy } from './delivery/retry-schedule.ts';
import { TargetGuard } from './delivery/target-guard.ts';
import { WebhookStore } from './delivery/webhook-store.ts';
import { Media } from './messaging/media.ts';
import { inboundMediaFetcher, mediaFetcher } from './messaging/media-fetcher.ts';
import { MediaStore } from './messaging/media-store.ts';
import { MessageRecordStore } from './messaging/message-record-store.ts';
import { MessageSearchStore } from './messaging/message-search-store.ts';
import { Messaging } from './messaging/messaging.ts';
import { MmsMedia } from './messaging/mms.ts';
import { NumberPoolStore } from './messaging/powerpacks/number-pool-store.ts';
import { NumberPools } from './messaging/powerpacks/number-pools.ts';
import { PoolDirectoryStore } from './messaging/powerpacks/pool-directory-store.ts';
import { PowerpackDirectory } from './messaging/powerpacks/powerpack-directory.ts';
import { PowerpackStore } from './messaging/powerpacks/powerpack-store.ts';
import { StickySenderStore } from './messaging/powerpacks/sticky-sender-store.ts';
import { StickySenders } from './messaging/powerpacks/sticky-senders.ts';
import { IncomingCarrierStore } from './numbers/incoming-carrier-store.ts';
import { InventoryStore } from './numbers/inventory-store.ts';
import { NumberDirectory } from './numbers/number-directory.ts';
import { NumberStore } from './numbers/number-store.ts';
import { registerOperatorApi } from './operator/server.ts';
import { AsyncRequests } from './plivo/async-request.ts';
import { AsyncRequestStore } from './plivo/async-request-store.ts';
import { SipWebSockets } from './plivo/browser/sip-websocket.ts';
import { ASYNC_REPLY, asyncReplyPoster } from './plivo/callbacks/async-reply.ts';
import { callWebhookKinds } from './plivo/callbacks/call-webhooks.ts';
import { COMPLIANCE_STATUS, complianceNotifier } from './plivo/callbacks/compliance-webhooks.ts';
import { GEO_ALERT, geoAlertNotifier } from './plivo/callbacks/geo-alert.ts';
import { MASKING_SESSION } from './plivo/callbacks/masking-webhooks.ts';
import { messageAnswerHandler } from './plivo/callbacks/message-answer.ts';
import { INBOUND_MESSAGE, MESSAGE_STATUS, MessageWebhooks } from './plivo/callbacks/message-webhooks.ts';
import { SPEND_ALERT, spendAlertNotifier } from './plivo/callbacks/spend-alert.ts';
import { TRANSCRIBED } from './plivo/callbacks/transcribed.ts';
import { VERIFY_STATUS } from './plivo/callbacks/verify-webhooks.ts';
import { webhookSigner } from './plivo/callbacks/webhook-signer.ts';
import { closeDoor } from './plivo/close-door.ts';
import { commands } from './plivo/commands.ts';
import { createServer } from './plivo/server.ts';
import type { Services } from './plivo/services.ts';
import type { Ground, Ringdown } from './ringdown.ts';
import { createIds } from './runtime/ids.ts';
import { type StopStep, stopInOrder } from './runtime/shutdown.ts';
import { composeSessions } from './sessions-composition.ts';
import { composeSimulator } from './simulator-composition.ts';
import { CallTimelineStore } from './timeline/call-timeline-store.ts';
import { NoteStore } from './timeline/note-store.ts';
import { TimelineStore } from './timeline/timeline-store.ts';
import { CallFeedbackStore } from './voice/call-feedback-store.ts';
import { CallRecordStore } from './voice/call-record-store.ts';
import { EndpointStore } from './voice/endpoint-store.ts';
import { OpenCallStore } from './voice/open-call-store.ts';
import { RecordingStore } from './voice/recording-store.ts';
import { Recordings } from './voice/recordings.ts';
import { StreamStore } from './voice/streams/stream-store.ts';
import { TranscriptionStore } from './voice/transcription/transcription-store.ts';
import { Transcriptions } from './voice/transcription/transcriptions.ts';
import { VerifiedCallerStore } from './voice/verified-caller-store.ts';
import { VerifiedCallers } from './voice/verified-callers.ts';
import { type VoiceServices, voiceOff } from './voice/voice-off.ts';
import { composeVoice } from './voice-composition.ts';

const VERSION = '0.1.0';
/** Steps of a call are for people to read: this late, they cost a fraction of a statement a call. */
const STEPS_LINGER_MS = 100;
/** Connections to one customer's server. */
const WEBHOOK_CONNECTIONS = 32;
/** At the end of the program, requests of the API that are being served get this long. */
const STOP_REQUESTS_MS = 3_000;
/** The same for what takes a statement or two, and besides the grace period. */
const STOP_MARGIN_MS = 2_000;

/** Wires the program: storage, domain, carriers, dialect. Nothing runs before `start`. */
export function compose(ground: Ground): Ringdown {
  const { clock, random, log, storage, node } = ground;
  const ids = createIds(clock, random);
  const accounts = new AccountStore(storage, ground.sealing);
  const directory = new AccountDirectory(accounts, clock);
  const findAccount = (authId: string) => directory.find(authId);
  const applications = new ApplicationStore(storage);
  const applicationDirectory = new ApplicationDirectory(applications, clock);
  const numbers = new NumberStore(storage);
  const numberDirectory = new NumberDirectory(numbers, clock);
  const powerpacks = new PowerpackDirectory(new PoolDirectoryStore(storage.pool), clock);
  const powerpackStore = new PowerpackStore(storage.pool);
  const inventory = new InventoryStore(storage, (number) => compliance.requirements.areForAll(number));
  const numberPoolStore = new NumberPoolStore(storage.pool);

  const userAgent = `Ringdown/${VERSION}`;
  const guard = new TargetGuard({ allowPrivateTargets: ground.allowPrivateTargets, allowed: ground.allowedTargets }, clock);
  const client = new HttpClient({ guard, clock, userAgent, connectionsPerHost: WEBHOOK_CONNECTIONS });
  const kinds = new Map<string, WebhookKind>();
  const holder = { node, epoch: clock.now() };
  const delivery = new Delivery({
    store: new WebhookStore(storage.hot, holder),
    http: client,
    signer: webhookSigner(findAccount, random),
    kinds,
    clock,
    log,
    holder,
  });
  const webhooks = new MessageWebhooks(ids, delivery);
  const accountChanged = (authId: string) => directory.invalidate(authId);
  const billing = new Billing({
    pool: storage.pool,
    clock,
    log,
    notifier: spendAlertNotifier(ids, delivery),
    changed: accountChanged,
  });
  const { rates, surcharge } = billing;

  const { compliance, registryClient } = composeCompliance({
    storage,
    blobs: ground.blobs,
    numbers,
    notifier: complianceNotifier(ids, delivery),
    clock,
    ids,
    log,
    numberDirectory,
    surcharge,
    userAgent,
  });

  const media = new Media({ store: new MediaStore(storage), blobs: ground.blobs, clock, ids, log });
  const fetchUrl = mediaFetcher(client);
  const mms = new MmsMedia(media, fetchUrl, ground.publicUrl);
  const limiter = limiterOf(ground);
  const later = { surcharge, powerpacks, sending: () => messaging.sending, voice: () => voiceServices };
  const sessions = composeSessions({
    ...ground,
    ...later,
    numbers,
    delivery,
    account: findAccount,
    limiter,
    ids,
  });
  const { verification, masking, phlos } = sessions;
  const messaging: Messaging = new Messaging({
    relay: sessions.relay,
    clock,
    ids,
    log,
    storage,
    node,
    directory,
    numbers: numberDirectory,
    applications: applicationDirectory,
    outboundMedia: mms,
    attachMedia: mms.attach,
    inboundMedia: mms,
    statusNotifier: webhooks.status,
    inboundNotifier: webhooks.inbound,
    rates,
    powerpacks,
    stickySenders: new StickySenders(new StickySenderStore(storage.pool), clock),
    registration: compliance.sendingRules,
    geoAlerts: geoAlertNotifier(storage.pool, ids, delivery, clock, log),
    queueLimits: ground.queueLimits,
    outcomeLingerMs: ground.outcomeLingerMs,
  });
  const answered = messageAnswerHandler({
    clock,
    inbound: messaging.inboundStore,
    sending: messaging.sending,
    notes: new NoteStore(storage.pool),
    account: findAccount,
  });
  for (const kind of [MESSAGE_STATUS, GEO_ALERT, SPEND_ALERT, ASYNC_REPLY, VERIFY_STATUS, COMPLIANCE_STATUS]) {
    kinds.set(kind, { policy: () => messagingPolicy });
  }
  kinds.set(INBOUND_MESSAGE, { policy: () => messagingPolicy, onOutcome: answered });

  const isOwnNumber = async (digits: string) => (await numberDirectory.find(digits)) !== undefined;
  const fetchMedia = inboundMediaFetcher(fetchUrl);
  const { simulator, phones } = composeSimulator({ ...ground, ids, isOwnNumber, fetchMedia });

  const recordings = new Recordings({
    store: new RecordingStore(storage),
    blobs: ground.blobs,
    directory: ground.recordingsDirectory,
    publicUrl: ground.publicUrl,
    node,
    clock,
    ids,
    log,
    surcharge,
  });
  const transcriptionStore = new TranscriptionStore(storage.hot);
  const transcriptions = new Transcriptions(transcriptionStore, clock);
  const verifiedCallerStore = new VerifiedCallerStore(storage);
  const voice =
    ground.voice &&
    composeVoice(ground.voice, {
      clock,
      random,
      ids,
      log,
      node,
      storage,
      targetGuard: guard,
      signer: webhookSigner(findAccount, random),
      delivery,
      accounts: directory,
      applications,
      applicationDirectory,
      numbers: numberDirectory,
      ...sessions.asked,
      verifiedCallers: verifiedCallerStore,
      recordings,
      transcriptions,
      transcriptionStore,
      blobs: ground.blobs,
      rates,
      surcharge,
      sending: messaging.sending,
      publicUrl: ground.publicUrl,
      userAgent,
      stepsLingerMs: ground.outcomeLingerMs === 0 ? 0 : STEPS_LINGER_MS,
    });
  for (const [kind, behaviour] of callWebhookKinds) kinds.set(kind, behaviour);
  for (const kind of [MASKING_SESSION, TRANSCRIBED]) kinds.set(kind, { policy: voicePolicy });
  const voiceServices: VoiceServices = ground.voiceServices ?? voice?.engine.services ?? voiceOff;
  const callFeedback = new CallFeedbackStore(storage.pool);
  const streamRecords = new StreamStore(storage.pool, node);

  const services: Services = {
    clock,
    ids,
    log,
    limiter,
    directory,
    accounts,
    subaccounts: new SubaccountStore(storage),
    applications,
    applicationDirectory,
    numbers,
    numberDirectory,
    inventory,
    powerpacks: powerpackStore,
    powerpackDirectory: powerpacks,
    numberPools: new NumberPools({
      powerpacks: powerpackStore,
      clock,
      store: numberPoolStore,
      numbers,
      inventory,
      changed(powerpackId, number, accountId) {
        powerpacks.invalidate(powerpackId);
        numberDirectory.invalidate(number);
        directory.invalidate(accountId);
      },
    }),
    numberPoolStore,
    rates,
    charges: billing.charges,
    surcharge,
    incomingCarriers: new IncomingCarrierStore(storage),
    messages: new MessageRecordStore(storage.pool),
    messageSearch: new MessageSearchStore(storage.pool),
    media,
    sending: messaging.sending,
    calls: voiceServices.calls,
    conferences: voiceServices.conferences,
    multiPartyCalls: voiceServices.multiPartyCalls,
    callRecords: new CallRecordStore(storage),
    openCalls: new OpenCallStore(storage),
    callFeedback,
    recordings,
    transcriptions,
    streams: voiceServices.streams,
    streamRecords,
    endpoints: new EndpointStore(storage),
    registrations: voiceServices.registrations,
    verifiedCallers: new VerifiedCallers({
      store: verifiedCallerStore,
      codes: verification.codes,
      messages: verification.messages,
      caller: voiceServices.codeCaller,
      limiter,
      clock,
      ids,
    }),
    verifySessions: verification.sessions,
    maskingSessions: masking.sessions,
    phlos,
    trunking: sessions.trunking,
    compliance,
    brandOtp: new BrandOtp({ ...verification, brands: compliance.brands, clock, log }),
    publicUrl: ground.publicUrl,
  };
  const cluster = composeForwarding(ground, `Ringdown/${VERSION}`);
  const asyncStore = new AsyncRequestStore(storage.pool, asyncReplyPoster(ids, delivery));
  const asyncRequests = new AsyncRequests(asyncStore, directory, node, cluster.forwarding);
  const http = createServer(commands, services, asyncRequests, cluster.forwarding);
  const webSockets = voice && new SipWebSockets((...accepted) => voice.engine.stack.acceptWebSocket(...accepted));
  webSockets?.attach(http);
  registerOperatorApi(http, {
    token: ground.operatorToken,
    phones,
    voicePhones: voice?.phones,
    numberPools: services.numberPools,
    billing: { ledger: billing.ledger, clock, ids, changed: accountChanged },
    compliance,
    phlos: sessions.phloDesk,
    verifyApplications: verification.applications,
    timeline: new TimelineStore(storage.pool),
    callTimeline: new CallTimelineStore(storage.pool),
  });

  const door = closeDoor(http, clock);
  let closed: Promise<void> | undefined;
  const stopSteps = (): readonly StopStep[] => [
    {
      name: 'API requests',
      mostMs: STOP_REQUESTS_MS + STOP_MARGIN_MS,
      run: () => {
        closed = door.close(STOP_REQUESTS_MS);
        // The door counts as open until the last WebSocket has ended, which are those of calls under way.
        return webSockets?.size ? undefined : closed;
      },
    },
    { name: 'asynchronous API requests', mostMs: STOP_REQUESTS_MS, run: () => asyncRequests.stop() },
    cluster.stop,
    { name: 'cases of the registry', mostMs: STOP_MARGIN_MS, run: () => compliance.casework.stop() },
    ...(voice?.stopSteps() ?? []),
    { name: 'connections of the API', mostMs: STOP_MARGIN_MS, run: () => closed },
    {
      name: 'messages',
      mostMs: STOP_MARGIN_MS,
      graceful: true,
      // Together: submits under way end with their answer or with their carrier.
      run: (graceMs) => Promise.all([messaging.stop(graceMs), ...messaging.carriers.all.map((carrier) => carrier.stop(graceMs))]),
    },
    { name: 'outcomes of messages', mostMs: STOP_MARGIN_MS, run: () => messaging.close() },
    { name: 'webhooks', mostMs: STOP_MARGIN_MS, graceful: true, run: (graceMs) => delivery.stop(graceMs) },
    { name: 'requests of webhooks', mostMs: STOP_MARGIN_MS, run: () => Promise.all([client.close(), registryClient.close()]) },
  ];

  return {
    http,
    services,
    stopSteps,
    chores: choresOf({
      clock,
      pool: storage.pool,
      recordings,
      callFeedback,
      streamRecords,
      compliance,
      messaging,
      billing,
      ...sessions,
    }),
    async takeOver(dead) {
      const perhaps = await messaging.queueStore.takeOver(dead, clock.now());
      await asyncRequests.takeOver(dead);
      await voice?.engine.takeOver(dead);
      await transcriptionStore.release(dead);
      return perhaps;
    },
    messaging,
    delivery,
    voice: voice?.engine,
    useSpeech: (configuration) => voice?.useSpeech(configuration),
    useRecognition: (configuration) => voice?.useRecognition(configuration),
    useDoNotOriginate: (numbers) => voice?.useDoNotOriginate(numbers),
    simulator,
    phones,
    useCompliance: (configuration) => compliance.use(configuration),
    setRates: (table) => billing.setRates(table),
    async start() {
      await delivery.start();
      const saved = await recordings.recover(voice?.writeNotifications, masking.sessions.tellRecovered);
      if (saved > 0) log.warn({ recordings: saved }, 'recordings under way when the server stopped end where it stopped');
      await messaging.start(node);
      await voice?.start();
      await asyncRequests.start(commands, services);
      compliance.casework.start();
    },
    stop: (graceMs) => stopInOrder(stopSteps(), graceMs, { clock, log }),
  };
}
