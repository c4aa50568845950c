import type { AccountDirectory } from './accounts/account-directory.ts';
import type { ApplicationDirectory } from './accounts/application-directory.ts';
import type { ApplicationStore } from './accounts/application-store.ts';
import type { RateTable } from './billing/rates.ts';
import { StandingStore } from './billing/standing-store.ts';
import type { Surcharge } from './billing/surcharges.ts';
import { VoicePhones } from './carriers/simulator/voice/voice-phones.ts';
import type { Dispatcher as Delivery } from './delivery/dispatcher.ts';
import { HttpClient } from './delivery/http-client.ts';
import { TargetGuard } from './delivery/target-guard.ts';
import type { Signer } from './delivery/webhook.ts';
import { WebSocketClient } from './delivery/websocket-client.ts';
import { openWav } from './media/audio-files/wav-reader.ts';
import type { MediaEngine } from './media/media-engine.ts';
import { resample } from './media/resampling/resampler.ts';
import type { SendService } from './messaging/send.ts';
import type { NumberDirectory } from './numbers/number-directory.ts';
import { accessTokenReader } from './plivo/access-tokens/access-token.ts';
import { tellTranscribed } from './plivo/callbacks/transcribed.ts';
import { VoiceApplication, type VoiceApplicationNeeds } from './plivo/callbacks/voice-application.ts';
import { plivoStreams } from './plivo/streams/stream-dialect.ts';
import type { Clock } from './runtime/clock.ts';
import type { Ids } from './runtime/ids.ts';
import type { Log } from './runtime/log.ts';
import type { Random } from './runtime/random.ts';
import type { StopStep } from './runtime/shutdown.ts';
import type { Network } from './sip/network.ts';
import type { ListenAddress } from './sip/transports/transport-layer.ts';
import { ConfiguredSpeaker, type SpeechConfiguration } from './speech/engines.ts';
import { ConfiguredRecogniser, type RecognitionConfiguration } from './speech/recognition/configured-recogniser.ts';
import type { SpeechFiles } from './speech/speech-files.ts';
import type { SpeechAudio } from './speech/synthesizer.ts';
import type { BlobStore } from './storage/blobs.ts';
import { GroupCommit } from './storage/group-commit.ts';
import type { Storage } from './storage/storage.ts';
import { type CallSteps, NoteStore } from './timeline/note-store.ts';
import { AccountPermissions, type CallerIdSources } from './voice/account-permissions.ts';
import { AudioLibrary } from './voice/audio-library.ts';
import { StoredCallCharges } from './voice/call-charges.ts';
import { CallStore } from './voice/call-store.ts';
import { DoNotOriginate } from './voice/do-not-originate.ts';
import { EndpointStore } from './voice/endpoint-store.ts';
import { MultiPartyStore } from './voice/multiparty/multiparty-store.ts';
import { OpenCallStore } from './voice/open-call-store.ts';
import { homeDomains } from './voice/phone-domain.ts';
import { type Recordings, recordingKey } from './voice/recordings.ts';
import { SoundLibrary } from './voice/sound-library.ts';
import { STOP_PHONES_MS, STOP_REQUESTS_MS, STOP_WRITE_MS } from './voice/stop-limits.ts';
import { StreamStore } from './voice/streams/stream-store.ts';
import { Transcriber } from './voice/transcription/transcriber.ts';
import type { TranscriptionStore } from './voice/transcription/transcription-store.ts';
import type { Transcriptions } from './voice/transcription/transcriptions.ts';
import { VoiceEngine } from './voice/voice-engine.ts';
import type { VoiceEngineOptions } from './voice/voice-engine-options.ts';
import type { WriteNotifications } from './voice/write-notifications.ts';
import { xmlMessages } from './voice/xml-messages.ts';

/** What calls stand on besides the rest of the program. */
export interface VoiceGround {
  readonly network: Network;
  readonly listen: readonly ListenAddress[];
  /** Address that goes into SDP, Via and Contact. */
  readonly publicIp: string;
  /** Calls from loopback addresses that no trunk claims are the simulator's. */
  readonly trustLoopback: boolean;
  /** Synthesised speech that is kept. */
  readonly speechFiles: SpeechFiles | undefined;
  readonly createMedia: (onFault: (error: Error) => void) => MediaEngine;
  /** Address of the simulator's phones: one that the media engine is bound for, loopback where that is possible. */
  readonly phoneAddress: string;
}

/** The parts of the program that calls use. */
export interface VoiceNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly log: Log;
  readonly node: string;
  readonly storage: Storage;
  readonly targetGuard: TargetGuard;
  readonly signer: Signer;
  readonly delivery: Delivery;
  readonly accounts: AccountDirectory;
  readonly applications: ApplicationStore;
  readonly applicationDirectory: ApplicationDirectory;
  readonly numbers: NumberDirectory;
  readonly numberProgram: VoiceEngineOptions['numberProgram'];
  readonly trunkOf: VoiceEngineOptions['trunkOf'];
  /** See `VoiceApplicationNeeds.stored`. */
  readonly storedDocument: VoiceApplicationNeeds['stored'];
  readonly verifiedCallers: CallerIdSources['verified'];
  readonly recordings: Recordings;
  readonly transcriptions: Transcriptions;
  readonly transcriptionStore: TranscriptionStore;
  readonly blobs: BlobStore;
  readonly rates: () => RateTable;
  readonly surcharge: Surcharge;
  readonly sending: SendService;
  readonly publicUrl: string;
  readonly userAgent: string;
  /** How long steps of calls wait to be written together; 0 on a clock that stands still. */
  readonly stepsLingerMs: number;
}

export interface ComposedVoice {
  readonly engine: VoiceEngine;
  /** Virtual phones of the simulator. */
  readonly phones: VoicePhones;
  start(): Promise<void>;
  /** Throws RangeError, and changes nothing, for an engine whose own section is missing. */
  useSpeech(configuration: SpeechConfiguration): void;
  /** The same of speech to text. */
  useRecognition(configuration: RecognitionConfiguration): void;
  /** Digits of the numbers from which no call is made. */
  useDoNotOriginate(numbers: readonly string[]): void;
  stopSteps(): readonly StopStep[];
  /** Puts notifications of calls into a transaction. */
  readonly writeNotifications: WriteNotifications;
}

/** Connections to a speech service. */
const SPEECH_CONNECTIONS = 16;
/** Documents are waited for by callers: a busy application gets them all at once, not one after the other. */
const DOCUMENT_CONNECTIONS = 256;

/** Calls whose steps are written in one statement: each is some 3 kB. */
const STEPS_BATCH = 100;
/** Beyond any number of calls a node carries; what waits there when the database is away is lost, and said to be. */
const STEPS_WAITING = 20_000;

/** Wires calls: the customer's application, sounds, SIP and media into the call engine. */
export function composeVoice(ground: VoiceGround, needs: VoiceNeeds): ComposedVoice {
  const { clock, ids, log, storage } = needs;
  const media = ground.createMedia((error) => log.error({ err: error }, 'a media thread died, its calls have ended'));
  const operatorGuard = new TargetGuard({ allowPrivateTargets: true, allowed: [] }, clock);
  const operatorHttp = new HttpClient({
    guard: operatorGuard,
    clock,
    userAgent: needs.userAgent,
    connectionsPerHost: SPEECH_CONNECTIONS,
  });
  const documents = new HttpClient({
    guard: needs.targetGuard,
    clock,
    userAgent: needs.userAgent,
    connectionsPerHost: DOCUMENT_CONNECTIONS,
  });
  const speaker = new ConfiguredSpeaker({
    clock,
    log,
    send: (request) => operatorHttp.request(request),
    resample,
    readWav,
    files: ground.speechFiles,
  });
  const operatorSockets = new WebSocketClient({ guard: operatorGuard, clock, userAgent: needs.userAgent });
  const recogniser = new ConfiguredRecogniser({
    clock,
    log,
    send: (request) => operatorHttp.request(request),
    open: (request) => operatorSockets.open(request),
  });
  const notes = new NoteStore(storage.hot);
  const steps = new GroupCommit<CallSteps, true>({
    write: async (calls) => {
      await notes.addSteps(calls);
      return calls.map(() => true);
    },
    maxBatch: STEPS_BATCH,
    lanes: 1,
    linger: { clock, ms: needs.stepsLingerMs, isUrgent: () => false },
    maxWaiting: STEPS_WAITING,
  });
  const observed: { note: (callId: string, event: string, detail: Readonly<Record<string, unknown>>) => void } = {
    note: () => undefined,
  };
  const application = new VoiceApplication({
    clock,
    ids,
    log,
    http: documents,
    signer: needs.signer,
    delivery: needs.delivery,
    pool: storage.hot,
    accounts: needs.accounts,
    stored: needs.storedDocument,
    observe: (callId, { latencyMs, ...observation }) =>
      observed.note(callId, 'request', { ...observation, latency_ms: Math.round(latencyMs) }),
  });
  const sounds = new SoundLibrary(new AudioLibrary({ http: documents, media, clock }), speaker, media);
  const phones = new VoicePhones({
    clock,
    random: needs.random,
    ids,
    log,
    network: ground.network,
    media,
    address: ground.phoneAddress,
    userAgent: `${needs.userAgent} phone`,
    server: () => engine.place,
    isOwnNumber: async (digits) => (await needs.numbers.find(digits)) !== undefined,
    speak: (text) => sounds.speech({ content: [text], voice: 'WOMAN', language: 'en-US' }, 'xml', NEVER),
  });
  const sockets = new WebSocketClient({ guard: needs.targetGuard, clock, userAgent: needs.userAgent });
  const endpoints = new EndpointStore(storage);
  const standings = new StandingStore(storage.hot);
  const charges = new StoredCallCharges({ pool: storage.hot, price: needs.surcharge, clock, ids, log });
  const doNotOriginate = new DoNotOriginate();
  const engine: VoiceEngine = new VoiceEngine({
    ...needs,
    permissions: new AccountPermissions({ numbers: needs.numbers, verified: needs.verifiedCallers, doNotOriginate }),
    accessTokens: accessTokenReader({
      now: () => clock.now() / 1000,
      account: (authId) => needs.accounts.find(authId),
      endpoint: (username) => endpoints.findByUsername(username),
    }),
    application,
    media,
    sounds,
    recogniser,
    store: new CallStore(storage.hot, clock, log),
    detectionPrice: () => needs.surcharge('machine_detection'),
    charges,
    standings: (authIds) => standings.ofCallers(authIds, needs.node, clock.now()),
    multiParty: new MultiPartyStore({
      pool: storage.pool,
      node: needs.node,
      writeNotifications: application.writeNotifications,
    }),
    streams: {
      dialect: plivoStreams((authId) => needs.accounts.find(authId), needs.random),
      open: (request) => sockets.open(request),
      store: new StreamStore(storage.hot, needs.node, () => needs.surcharge('stream')),
    },
    open: new OpenCallStore(storage),
    endpoints,
    steps: { add: async (callId, noted) => void (await steps.add({ callId, steps: noted })) },
    sendMessage: xmlMessages(needs.sending, (authId) => needs.accounts.find(authId)),
    network: ground.network,
    listen: ground.listen,
    publicIp: ground.publicIp,
    home: homeDomains(
      needs.publicUrl,
      ground.publicIp,
      ground.listen.map(({ port }) => port),
    ),
    trustLoopback: ground.trustLoopback,
    phones: () => phones.place,
  });
  // What an application is told after the end of its call belongs to the call all the same.
  observed.note = (callId, event, detail) => (engine.live.find(callId)?.call ?? engine.steps.open(callId)).note(event, detail);
  const transcriber = new Transcriber({
    store: needs.transcriptionStore,
    recogniser,
    open: async (recordingId) => (await needs.blobs.get(recordingKey(recordingId)))?.stream,
    tell: tellTranscribed({ clock, ids, delivery: needs.delivery, note: (...step) => observed.note(...step) }),
    note: (...step) => observed.note(...step),
    price: () => needs.surcharge('transcription'),
    node: needs.node,
    clock,
    log,
  });
  needs.transcriptions.onWork(() => transcriber.wake());
  return {
    engine,
    phones,
    async start() {
      await engine.start();
      await transcriber.start();
      await phones.start();
    },
    useSpeech: (configuration) => speaker.use(configuration),
    useRecognition: (configuration) => recogniser.use(configuration),
    useDoNotOriginate: (numbers) => doNotOriginate.use(numbers),
    writeNotifications: (client, notifications) => application.writeNotifications(client, notifications),
    stopSteps: () => [
      { name: 'transcriptions', mostMs: STOP_WRITE_MS, run: () => transcriber.stop() },
      // The phones go last: what ends within the grace ends with its far end still there.
      ...engine.stopSteps(),
      { name: 'charges of calls', mostMs: STOP_WRITE_MS, run: () => charges.stop() },
      { name: 'virtual phones', mostMs: STOP_PHONES_MS, run: () => phones.stop() },
      {
        name: 'requests of calls',
        mostMs: STOP_REQUESTS_MS,
        run: () => Promise.all([speaker.close(), recogniser.close(), documents.close(), operatorHttp.close()]),
      },
    ],
  };
}

const NEVER = new AbortController().signal;

/** A WAV file of a speech service, as one channel. */
function readWav(bytes: Uint8Array): SpeechAudio {
  const wav = openWav(bytes);
  const pcm = new Int16Array(wav.length);
  wav.read(0, pcm);
  return { sampleRate: wav.sampleRate, pcm };
}
