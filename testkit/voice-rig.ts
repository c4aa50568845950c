import assert from 'node:assert/strict';
import pg from 'pg';
import type { Account } from '../src/accounts/account.ts';
import { plivoStreams } from '../src/plivo/streams/stream-dialect.ts';
import { createIds } from '../src/runtime/ids.ts';
import { createSystemRandom } from '../src/runtime/random.ts';
import { Call, type CallEnvironment } from '../src/voice/call.ts';
import type { CallNotification } from '../src/voice/call-application.ts';
import type { CallFacts } from '../src/voice/call-facts.ts';
import { CallFlow } from '../src/voice/call-flow.ts';
import type { CallPermissions } from '../src/voice/call-permissions.ts';
import { Conferences } from '../src/voice/conferences/conferences.ts';
import { CreditWatch } from '../src/voice/credit.ts';
import { DialLegs } from '../src/voice/dial-legs.ts';
import { DoNotOriginate } from '../src/voice/do-not-originate.ts';
import type { MessageElement, Transcription } from '../src/voice/document.ts';
import { type FlowServices, SoundError } from '../src/voice/flow-services.ts';
import { type HangupCause, hangupCause } from '../src/voice/hangup-cause.ts';
import type { LegFactory } from '../src/voice/leg.ts';
import type { LegMaker, OutboundLegRequest } from '../src/voice/leg-maker.ts';
import { LiveCalls } from '../src/voice/live-calls.ts';
import { MultiPartyCalls } from '../src/voice/multiparty/multiparty-calls.ts';
import { DEFAULT_INCREMENT } from '../src/voice/pricing.ts';
import { RunningRecordings } from '../src/voice/running-recordings.ts';
import { AudioStreams } from '../src/voice/streams/audio-streams.ts';
import { MemoryMultiParties } from './memory-multiparties.ts';
import { RecordedCallCharges } from './recorded-call-charges.ts';
import { ScriptedApplication } from './scripted-application.ts';
import { ScriptedLeg } from './scripted-leg.ts';
import { ScriptedMedia } from './scripted-media.ts';
import { ScriptedRecogniser } from './scripted-recogniser.ts';
import { ScriptedStreamApps } from './scripted-streams.ts';
import { silentLog } from './silent-log.ts';
import { VirtualClock } from './virtual-clock.ts';

export const OWNER = 'MAVOICERIGACCOUNT001';
const MINUTE_PRICE = 8_500;
/** A carrier that takes something for its minutes. */
export const COSTLY_CARRIER = 'costly';
const CARRIER_MINUTE = 6_000;
const PARTICIPANT_MINUTE_PRICE = 2_500;
/** How long a scripted speech takes for each of its characters. */
const SPEECH_MS_PER_CHARACTER = 50;

/** The account whose calls run, postpaid. */
const accountAt = (createdAt: Date): Account => ({
  authId: OWNER,
  parentId: null,
  authToken: 'x'.repeat(40),
  name: 'Rig',
  address: '',
  city: '',
  state: '',
  timezone: 'UTC',
  enabled: true,
  accountType: 'standard',
  billingMode: 'postpaid',
  autoRecharge: false,
  balanceMicros: 0,
  creditLockUntil: null,
  settings: {},
  createdAt,
  modifiedAt: null,
});

/** Notifications of the rig go into a list: nothing is asked of the database. */
const NO_DATABASE = new pg.Client();

/** The call engine on a virtual clock, with scripted far ends, application and audio. */
export function createVoiceRig(given: { readonly clock?: VirtualClock; readonly legs?: LegMaker } = {}) {
  const clock = given.clock ?? new VirtualClock();
  const media = new ScriptedMedia(clock);
  const application = new ScriptedApplication(clock);
  const ids = createIds(clock, createSystemRandom());
  const steps: { readonly callId: string; readonly event: string; readonly detail: Readonly<Record<string, unknown>> }[] = [];
  const ended: CallFacts[] = [];
  const messages: MessageElement[] = [];
  const recorded: string[] = [];
  const discarded: string[] = [];
  /** By recording. */
  const transcriptions = new Map<string, Transcription>();
  const recordingNotifications: CallNotification[] = [];
  /** While set, storage takes no recording. */
  const faults: { recordings?: string; transcriptions?: string; dialling?: Promise<void> } = {};
  const sounds = new Map<string, number>();
  const dialled: { readonly request: OutboundLegRequest; readonly leg: ScriptedLeg }[] = [];
  const barred = new Map<string, HangupCause>();
  const callerIds = new Set<string>();
  const doNotOriginate = new DoNotOriginate();
  const live = new LiveCalls();
  const costs: (number | undefined)[] = [];
  /** What the account's spend limits leave, and what its calls elsewhere cost. */
  const standing = { spendLeft: Number.POSITIVE_INFINITY, talkedElsewhere: 0 };
  /** What takes a far end's REFER, once somebody does. */
  const transfers: { take?: NonNullable<CallEnvironment['transfer']> } = {};
  const environment: CallEnvironment = {
    clock,
    transfer: (call, request) => (transfers.take ? transfers.take(call, request) : request.refuse(603)),
    carrierRate: (carrier) => (carrier === COSTLY_CARRIER ? CARRIER_MINUTE : 0),
    records: {
      started: async () => undefined,
      progressed: async () => undefined,
      ended: async (facts, origin) => {
        ended.push(facts);
        costs.push(origin.carrierCostMicros);
      },
    },
    answered: (call) => credit.watchAnswer(call),
    timeline: (callId) => ({ note: (event, detail) => void steps.push({ callId, event, detail }), flush: () => undefined }),
  };
  const account: { current: Account } = { current: accountAt(new Date(clock.now())) };
  const legs: LegMaker = given.legs ?? {
    make: (request) => (events) => {
      const leg = new ScriptedLeg(events, media, true);
      dialled.push({ request, leg });
      return leg;
    },
  };
  const permissions: CallPermissions = {
    mayShow: async (_, number) => {
      await faults.dialling;
      return callerIds.has(number);
    },
    mayOriginate: (caller) => (doNotOriginate.has(caller) ? hangupCause(3140, 'Carrier') : undefined),
    barred: (_, destination) => barred.get(destination.address),
  };
  const credit: CreditWatch = new CreditWatch({
    clock,
    live,
    account: async (authId) => (authId === OWNER ? account.current : undefined),
    standings: async () => {
      const { billingMode, balanceMicros } = account.current;
      const balance = { isPrepaid: billingMode === 'prepaid', micros: balanceMicros };
      return new Map([[OWNER, { isEnabled: true, balance, ...standing }]]);
    },
  });
  const apps = new ScriptedStreamApps();
  const recogniser = new ScriptedRecogniser();
  const charges = new RecordedCallCharges();
  const streams = new AudioStreams({
    clock,
    ids,
    dialect: plivoStreams(async () => account.current, createSystemRandom()),
    open: (request) => apps.open(request),
    records: apps.records,
    notify: (notification) => application.notify(notification),
  });
  const multiParties = new MemoryMultiParties((told) => void application.notify(told));
  const multiParty = new MultiPartyCalls({
    clock,
    ids,
    log: silentLog,
    media,
    notify: (notification) => application.notify(notification),
    records: multiParties,
    rate: () => PARTICIPANT_MINUTE_PRICE,
  });
  const services: FlowServices = {
    clock,
    media,
    application,
    sounds: {
      async fromUrl(url) {
        const ms = sounds.get(url);
        if (ms === undefined) throw new SoundError(`${url} could not be fetched: nobody answers here`);
        return media.clipOf(ms);
      },
      async speech({ content }) {
        return media.clipOf(
          content.map((piece) => (typeof piece === 'string' ? piece.length : 1)).reduce((a, b) => a + b, 0) *
            SPEECH_MS_PER_CHARACTER,
        );
      },
    },
    dialler: new DialLegs({
      ...environment,
      ids,
      live,
      legs,
      permissions,
      rates: () => ({ perMinute: MINUTE_PRICE, ...DEFAULT_INCREMENT }),
      home: new Set(['phone.plivo.com']),
      account: async () => account.current,
      canPay: credit.canPay,
    }),
    recordings: new RunningRecordings(
      clock,
      {
        begin: async () => {
          if (faults.recordings !== undefined) throw new Error(faults.recordings);
          const recordingId = ids.secretUuid();
          return { recordingId, url: `http://files.example/${recordingId}.mp3`, path: `/nowhere/${recordingId}` };
        },
        finished: async ({ recordingId }, _, also) => {
          if (faults.recordings !== undefined) throw new Error(faults.recordings);
          recorded.push(recordingId);
          await also?.(NO_DATABASE);
          return true;
        },
        failed: async ({ recordingId }) => void discarded.push(recordingId),
      },
      async (_, notifications) => {
        recordingNotifications.push(...notifications);
        return () => undefined;
      },
      {
        request: async ({ recordingId }, wanted) => {
          if (faults.transcriptions !== undefined) throw new Error(faults.transcriptions);
          transcriptions.set(recordingId, wanted);
        },
        recorded: () => undefined,
      },
    ),
    streams,
    conferences: new Conferences({ clock, ids, media }),
    multiParty,
    recogniser,
    charges,
    sendMessage: async (_, message) => {
      messages.push(message);
      return [`${message.dst.length} accepted`];
    },
  };

  /** A call whose far end is scripted; `inbound` arrives unanswered, `outbound` is answered by the far end. */
  function startCall(direction: 'inbound' | 'outbound', timeLimitMs = 14_400_000) {
    let leg: ScriptedLeg | undefined;
    const factory: LegFactory = (events) => {
      leg = new ScriptedLeg(events, media, direction === 'outbound');
      return leg;
    };
    const callId = ids.uuid();
    const call = new Call(
      {
        identity: {
          callId,
          ownerId: OWNER,
          accountId: OWNER,
          direction,
          from: '14155550123',
          to: '14155550188',
          callerName: 'Ana',
          requestId: direction === 'outbound' ? callId : undefined,
          aLegId: direction === 'outbound' ? callId : undefined,
          aLegRequestId: direction === 'outbound' ? callId : undefined,
          parentCallId: undefined,
          customHeaders: {},
          sipTo: undefined,
          sipAuth: undefined,
          forwardedFrom: undefined,
          stirVerification: direction === 'inbound' ? 'Verified' : 'Not Applicable',
          stirAttestation: direction === 'inbound' ? 'A' : '',
        },
        origin: {
          rate: { perMinute: MINUTE_PRICE, ...DEFAULT_INCREMENT },
          applicationId: undefined,
          hangup: undefined,
          carrier: undefined,
          endpointId: undefined,
          requesterIp: undefined,
        },
        isNew: true,
        timeLimitMs,
        leg: factory,
      },
      environment,
    );
    if (!leg) throw new Error('the call has made no leg');
    const liveCall = live.add(call);
    const flow = new CallFlow(call, services, () => ids.uuid());
    liveCall.flow = flow;
    return { call, leg, flow };
  }

  /** Every call has ended by itself or does now, and nothing is left of any. */
  async function assertClean(): Promise<void> {
    for (const { call } of [...live]) call.hangUp(hangupCause(4000, 'API Request'));
    await clock.advance(1);
    await multiParty.settled();
    assert.equal(multiParty.size, 0, 'multiparty calls that have not ended');
    assert.deepEqual(multiParties.closed.toSorted(), [...multiParties.kept.keys()].toSorted(), 'each closed, once');
    assert.equal(live.size, 0, 'calls that have not ended');
    assert.equal(live.places.of(OWNER), 0, 'places that nobody gave back');
    assert.equal(clock.pending, 0, 'timers that are left');
    assert.deepEqual(media.counts(), { legs: 0, bridges: 0, rooms: 0, ports: 0, recordings: 0 });
    assert.equal(recogniser.utterances.filter(({ isSettled }) => !isSettled).length, 0, 'utterances nobody waits for');
    await streams.settled();
    assert.equal(streams.size, 0, 'streams that have not ended');
    assert.deepEqual(
      steps.filter(({ event }) => event === 'flow_failed' || event === 'dial_failed'),
      [],
    );
    for (const { callId } of ended) assert.equal(ended.filter((facts) => facts.callId === callId).length, 1, 'ended once');
  }

  return {
    assertClean,
    legs,
    permissions,
    account,
    doNotOriginate,
    faults,
    transfers,
    discarded,
    transcriptions,
    recordingNotifications,
    environment,
    /** What carriers took, by ended call. */
    costs,
    clock,
    media,
    application,
    ids,
    steps,
    ended,
    messages,
    recorded,
    sounds,
    dialled,
    barred,
    callerIds,
    live,
    standing,
    credit,
    services,
    apps,
    recogniser,
    charges,
    streams,
    multiParty,
    multiParties,
    startCall,
  };
}

export type VoiceRig = ReturnType<typeof createVoiceRig>;
