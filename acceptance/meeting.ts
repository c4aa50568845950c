/**
 * A multiparty call of virtual phones, each of which says a tone of its own without end: who hears whom is which tones its phone
 * reports. Where only one of them may be heard the others are muted, so that a phone hears one frequency or silence.
 */
import { list, record } from './api.ts';
import { OWN_NUMBER } from './fixture.ts';
import { type PhoneCall, phoneAnswers, phoneCalls } from './phones.ts';
import { type SdkClient, type SdkObject, sdk } from './sdk.ts';
import type { Target } from './target.ts';
import { eventually } from './wait.ts';

export interface Talker {
  readonly number: string;
  readonly hz: number;
}

export const CUSTOMER: Talker = { number: '14155550171', hz: 600 };
export const AGENT: Talker = { number: '14155550172', hz: 900 };
export const COACH: Talker = { number: '14155550173', hz: 1_300 };
export const SECOND_AGENT: Talker = { number: '14155550174', hz: 1_700 };
const TALKERS = [CUSTOMER, AGENT, COACH, SECOND_AGENT];

const TONE_MS = 60_000;
/** What must sound without a break to be what is heard now. */
const STEADY_MS = 300;
const SLACK_HZ = 15;
const WITHIN_MS = 15_000;

/** The phones answer and speak. */
export async function startPhones(server: Target): Promise<void> {
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
