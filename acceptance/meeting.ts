/**
 * A multiparty call of virtual phones, each of which says a tone of its own without end: who hears whom is which tones its phone
 * reports. Where only one of them may be heard the others are muted, so that a phone hears one frequency or silence.
 */
import { call, list, record } from './api.ts';
import { xml } from './far-end.ts';
import { OWN_NUMBER } from './fixture.ts';
import { type PhoneCall, phoneAnswers, phoneCalls } from './phones.ts';
import { type SdkClient, type SdkObject, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';
import { sine, wavOf } from './tones.ts';
import { voiceFixture } from './voice-fixture.ts';
import { eventually } from './wait.ts';
import { type Received, WebhookReceiver } from './webhook-receiver.ts';

export interface Talker {
  readonly number: string;
  readonly hz: number;
}

export const CUSTOMER: Talker = { number: '14155550171', hz: 600 };
export const AGENT: Talker = { number: '14155550172', hz: 900 };
export const COACH: Talker = { number: '14155550173', hz: 1_300 };
export const SECOND_AGENT: Talker = { number: '14155550174', hz: 1_700 };
/** What is heard on hold and while waiting, and what is played by request. */
export const MUSIC_HZ = 2_000;
export const CLIP_HZ = 2_300;
const TALKERS = [CUSTOMER, AGENT, COACH, SECOND_AGENT];

const TONE_MS = 60_000;
/** What must sound without a break to be what is heard now. */
const STEADY_MS = 300;
const SLACK_HZ = 15;
const WITHIN_MS = 15_000;

/** The phones answer and speak. */
async function startPhones(server: Target): Promise<void> {
  for (const { number, hz } of TALKERS) {
    await phoneAnswers(server, number, [
      { do: 'answer' },
      { do: 'repeat', times: 10, steps: [{ do: 'tone', hz, ms: TONE_MS, dbov: -16 }] },
    ]);
  }
}

const lastCall = async (server: Target, { number }: Talker): Promise<PhoneCall | undefined> =>
  (await phoneCalls(server, number)).at(-1);

/** Waits until the phone hears this frequency and nothing else, or silence. */
export async function hears(server: Target, who: Talker, hz: number | 'silence'): Promise<void> {
  let last: unknown;
  await eventually(
    `${hz} at ${who.number}`,
    async () => {
      const heard = (await lastCall(server, who))?.heard.at(-1);
      last = heard;
      if (!heard || heard.ms < STEADY_MS) return undefined;
      if (hz === 'silence') return heard.kind === 'silence' || undefined;
      return (heard.kind === 'tone' && Math.abs((heard.hz ?? 0) - hz) <= SLACK_HZ) || undefined;
    },
    WITHIN_MS,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}, only ${JSON.stringify(last)}`);
  });
}

/** Waits until the phone's latest call is over. */
export async function hungUp(server: Target, who: Talker): Promise<PhoneCall> {
  return await eventually(`end of the call of ${who.number}`, async () => {
    const call = await lastCall(server, who);
    return call?.state === 'ended' ? call : undefined;
  });
}

/** What suites do with a multiparty call of one name. */
export class Meeting {
  readonly which: { readonly friendlyName: string };
  readonly #client: SdkClient;

  constructor(server: Target, name: string) {
    this.#client = sdk(server);
    this.which = { friendlyName: name };
  }

  /** Dials the phone and waits until it is in. Gives its member id. */
  async add(role: string, who: Talker, params: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const added = await this.#client.multiPartyCalls.addParticipant(role, {
      ...this.which,
      from: OWN_NUMBER,
      to: who.number,
      enterSound: 'none',
      exitSound: 'none',
      ...params,
    });
    return await this.memberOf(String(added.requestUuid));
  }

  /** Member id of a call, as soon as it is in. */
  async memberOf(callUuid: string): Promise<string> {
    return await eventually(`participant ${callUuid}`, async () => {
      const [found] = await this.participants({ callUuid }).catch(() => []);
      return found && String(found.memberId ?? found.member_id);
    });
  }

  async participants(params: Readonly<Record<string, unknown>> = {}): Promise<readonly SdkObject[]> {
    const answer = await this.#client.multiPartyCalls.listParticipants({ ...this.which, ...params });
    return list(record(answer).objects);
  }

  mute(member: string, mute: boolean): Promise<SdkObject> {
    return this.#client.multiPartyCalls.updateParticipant(member, { ...this.which, mute });
  }

  get(): Promise<SdkObject> {
    return this.#client.multiPartyCalls.get({ ...this.which });
  }

  /** Ends it, if it has not ended yet. */
  async end(): Promise<void> {
    await this.#client.multiPartyCalls.stop({ ...this.which }).catch(() => undefined);
  }
}

/** A server, its phones, an application with sounds and documents, and one multiparty call at a time. */
export class MeetingSuite {
  readonly target: Target;
  readonly client: SdkClient;
  readonly receiver: WebhookReceiver;
  #meeting: Meeting | undefined;
  #made = 0;

  private constructor(target: Target, receiver: WebhookReceiver) {
    this.target = target;
    this.client = sdk(target);
    this.receiver = receiver;
  }

  static async start(name: string): Promise<MeetingSuite> {
    const receiver = await WebhookReceiver.start();
    receiver.answer(({ path, params }) => {
      if (path === '/tone.wav') return { contentType: 'audio/wav', body: wavOf(sine(Number(params.hz), 1_000)) };
      if (path === '/music.xml') return xml(`<Play>${receiver.url(`/tone.wav?hz=${MUSIC_HZ}`)}</Play>`);
      if (path === '/next.xml') return xml(`<Play loop="0">${receiver.url(`/tone.wav?hz=${CLIP_HZ}`)}</Play>`);
      return xml('<Wait length="60"/>');
    });
    try {
      const target = await openTarget({ name, config: voiceFixture });
      await startPhones(target);
      return new MeetingSuite(target, receiver);
    } catch (error) {
      await receiver.stop();
      throw error;
    }
  }

  /** One that nobody is in yet. Its name has to be escaped in URLs. */
  open(): Meeting {
    this.#meeting = new Meeting(this.target, `mpc ${++this.#made} Malmö`);
    return this.#meeting;
  }

  /** A customer, an agent and a supervisor who coaches. */
  async coached() {
    const room = this.open();
    const customer = await room.add('customer', CUSTOMER, { stayAlone: true });
    const agent = await room.add('Agent', AGENT, {
      agentHoldMusicUrl: this.receiver.url('/music.xml'),
      agentHoldMusicMethod: 'GET',
    });
    const coach = await room.add('SUPERVISOR', COACH);
    return { room, which: { ...room.which }, customer, agent, coach };
  }

  async told(path: string, event: string, member?: string): Promise<Received> {
    return await this.receiver.waitFor(
      `${event} ${member ?? ''}`,
      (got) => got.path === path && got.params.EventName === event && (member === undefined || got.params.MemberID === member),
    );
  }

  /** Ends what a test has left. */
  async clear(): Promise<void> {
    await this.#meeting?.end();
    await call(this.target, 'Call/', { method: 'DELETE' });
  }

  async dispose(): Promise<void> {
    await this.clear().catch(() => undefined);
    await this.target.dispose();
    await this.receiver.stop();
  }
}
