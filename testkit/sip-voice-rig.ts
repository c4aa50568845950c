import type { TrunkOptions } from '../src/carriers/sip/trunk.ts';
import { Trunks } from '../src/carriers/sip/trunks.ts';
import { ha1Of } from '../src/sip/digest.ts';
import { createDigestVerifier } from '../src/sip/digest-verifier.ts';
import { trunkOfHost } from '../src/trunking/trunk.ts';
import { noAccessTokens } from '../src/voice/access-tokens.ts';
import { InboundCalls } from '../src/voice/inbound-calls.ts';
import { InboundTargets, type NumberProgram } from '../src/voice/inbound-targets.ts';
import type { LegMaker } from '../src/voice/leg-maker.ts';
import { PHONE_REALM } from '../src/voice/phone-domain.ts';
import { DEFAULT_INCREMENT } from '../src/voice/pricing.ts';
import { FailedLogins } from '../src/voice/sip/failed-logins.ts';
import { LegRoutes, type RegisteredContact } from '../src/voice/sip/leg-routes.ts';
import { LegSessions } from '../src/voice/sip/leg-sessions.ts';
import { outboundLeg } from '../src/voice/sip/outbound-leg.ts';
import { SipDoor } from '../src/voice/sip/sip-door.ts';
import { SipTimeline } from '../src/voice/sip/sip-timeline.ts';
import { SrtpRules } from '../src/voice/sip/srtp-rules.ts';
import { TokenLogins } from '../src/voice/sip/token-logins.ts';
import type { CallingTrunk } from '../src/voice/sip/trunk-door.ts';
import { createTransfers } from '../src/voice/transfers/create-transfers.ts';
import { exampleNumber } from './example-number.ts';
import { inboundApplication } from './inbound-application.ts';
import { silentLog } from './silent-log.ts';
import { listenOn, SipRig, seededRandom } from './sip-rig.ts';
import { createVoiceRig, OWNER } from './voice-rig.ts';

/** Our node, two carriers, and anybody. */
export const NODE = '192.0.2.1';
export const FIRST_TRUNK = '192.0.2.2';
export const SECOND_TRUNK = '192.0.2.3';
export const STRANGER = '192.0.2.9';
export const NUMBER = '14155550188';
export const PUBLIC_APPLICATION = '10000000000000002';
export const ENDPOINT = { username: 'ana123456789012', password: 's3cret-pass' };

/** Of the same account, and of another one. */
export const SECOND_ENDPOINT = 'ben123456789012';
export const FOREIGN_ENDPOINT = 'eve123456789012';

const MINUTE_PRICE = 8_500;

/** Calls over SIP on a virtual network, with scripted audio and application. Several nodes share a network. */
export async function createSipVoiceRig({ sip = new SipRig(), node = NODE } = {}) {
  const trunks = new Trunks();
  const timeline = new SipTimeline(sip.clock);
  const stack = await sip.stack(node, { trace: timeline.trace, listen: listenOn(node) });
  const contacts = new Map<string, RegisteredContact>();
  let carriers: readonly string[] = ['first', 'second'];
  const useTrunks = (...options: readonly TrunkOptions[]) => {
    trunks.replace(options);
    carriers = options.map(({ name }) => name);
  };
  useTrunks({ name: 'first', url: `sip:${FIRST_TRUNK}` }, { name: 'second', url: `sip:${SECOND_TRUNK}` });

  const srtp = new SrtpRules({
    trunks,
    account: async () => rig.account.current,
    endpoint: (username) => endpoint(username),
  });
  const routes = new LegRoutes({
    clock: sip.clock,
    trunks,
    carriersFor: () => carriers,
    home: new Set(['phone.plivo.com', node]),
    contactOf: (username) => contacts.get(username),
    simulatorPlace: async () => undefined,
    host: node,
    srtp,
  });
  const legs: LegMaker = {
    make: (request) =>
      outboundLeg(request, {
        ...audio,
        clock: sip.clock,
        invite: (options) => stack.invite(options),
        route: (wanted) => routes.find(wanted),
      }),
  };
  const rig = createVoiceRig({ clock: sip.clock, legs });
  const audio = {
    media: rig.media,
    random: seededRandom(99),
    publicIp: node,
    codecs: ['PCMU', 'PCMA', 'G722'] as const,
    timeline,
    sessions: new LegSessions(),
    srtp,
  };

  const applications = [
    inboundApplication(),
    inboundApplication({ appId: PUBLIC_APPLICATION, publicUri: true, answerUrl: 'http://app.example/public' }),
    inboundApplication({ appId: '10000000000000003', answerUrl: 'http://app.example/endpoint', isEndpointDefault: true }),
  ];
  const application = async (appId: string) => applications.find((each) => each.appId === appId);
  const hashes = ha1Of(ENDPOINT.username, PHONE_REALM, ENDPOINT.password);
  const owners = new Map([
    [ENDPOINT.username, OWNER],
    [SECOND_ENDPOINT, OWNER],
    [FOREIGN_ENDPOINT, 'MASOMEBODYELSE000001'],
  ]);
  const endpoint = async (username: string) => {
    const accountId = owners.get(username);
    return accountId === undefined
      ? undefined
      : {
          endpointId: '20000000000001',
          accountId,
          subaccountId: null,
          appId: null,
          username,
          alias: 'ana',
          ha1Md5: hashes.md5,
          ha1Sha256: hashes.sha256,
          createdAt: new Date(0),
        };
  };
  /** What customers' trunks do with calls to numbers, and by which hosts their telephone systems call. */
  const trunking: { program?: NumberProgram; calling?: CallingTrunk } = {};
  const targets = new InboundTargets({
    program: async () => trunking.program,
    number: async (digits) => (digits === NUMBER ? exampleNumber({ number: NUMBER }) : undefined),
    account: async (authId) => (authId === OWNER ? rig.account.current : undefined),
    application,
    endpoint,
    defaultEndpointApplication: async () => applications.find(({ isEndpointDefault }) => isEndpointDefault),
  });
  /** By whose numbers the prices of calls that came in were found. */
  const priced: string[] = [];
  const inbound = new InboundCalls({
    ...rig.environment,
    ids: rig.ids,
    live: rig.live,
    rates: (_, farNumber) => {
      priced.push(farNumber);
      return { perMinute: MINUTE_PRICE, ...DEFAULT_INCREMENT };
    },
    services: rig.services,
    account: async () => rig.account.current,
    targetOf: (incoming) => targets.find(incoming),
  });
  const ground = {
    ...rig.environment,
    ids: rig.ids,
    live: rig.live,
    rates: () => ({ perMinute: MINUTE_PRICE, ...DEFAULT_INCREMENT }),
    home: new Set(['phone.plivo.com', node]),
    account: async () => rig.account.current,
  };
  const { transfers, replacing } = createTransfers(ground, rig.services, trunks, endpoint);
  rig.transfers.take = (call, request) => transfers.take(call, request);
  const door = new SipDoor({
    audio,
    log: silentLog,
    carrierOf: ({ address }) => {
      const trunk = trunks.bySource(address);
      return trunk && { carrier: trunk.name, mayBePhone: false };
    },
    verifier: createDigestVerifier({ clock: sip.clock, random: seededRandom(5), realm: PHONE_REALM }),
    failures: new FailedLogins(sip.clock),
    tokens: new TokenLogins(noAccessTokens, () => sip.clock.now()),
    ha1: async (username) => {
      const found = await endpoint(username);
      return found && { md5: found.ha1Md5, sha256: found.ha1Sha256 };
    },
    endpointOf: endpoint,
    isPublicApplication: async (appId) => (await application(appId))?.publicUri === true,
    trunkOf: async (host) => (trunkOfHost(host) === trunking.calling?.trunkId ? trunking.calling : undefined),
    arrive: (incoming) => (incoming.replaces ? replacing.arrive(incoming, incoming.replaces.callId) : inbound.arrive(incoming)),
  });
  stack.onInvite((invite) => door.take(invite));

  return {
    ...rig,
    sip,
    stack,
    inbound,
    contacts,
    useTrunks,
    trunking,
    priced,
    /** The call that is live now, the only one. */
    get only() {
      const [live, ...others] = rig.live;
      if (!live || others.length > 0) throw new Error(`one call is live, not ${others.length + (live ? 1 : 0)}`);
      return live;
    },
    /** Nothing is left: neither calls and audio, nor transactions, dialogs, sockets' timers. */
    async assertAllClean() {
      for (const { call } of [...rig.live]) call.hangUp({ code: 4000, source: 'API Request', cause: 'NORMAL_CLEARING' });
      await sip.assertClean();
      await rig.assertClean();
    },
  };
}

export type SipVoiceRig = Awaited<ReturnType<typeof createSipVoiceRig>>;
