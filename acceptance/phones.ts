/** Virtual phones of the simulator, over the operator API (docs/simulator.md): what they are told to do, and what they heard. */
import { list, operator } from './api.ts';
import { eventually } from './wait.ts';

interface Operated {
  readonly url: string;
  readonly operatorToken: string;
}

/** Steps of a phone's script, as the operator API takes them. */
export type PhoneScript = readonly Readonly<Record<string, unknown>>[];

export interface Heard {
  readonly kind: string;
  /** Milliseconds since the phone's audio began. */
  readonly fromMs: number;
  readonly ms: number;
  readonly hz: number | undefined;
}

export interface PhoneCall {
  readonly id: string;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly state: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly answeredAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly endedBy: string;
  readonly sipStatus: number | undefined;
  readonly scriptError: string | undefined;
  readonly digits: readonly { readonly digit: string; readonly method: string; readonly at: number }[];
  readonly heard: readonly Heard[];
}

const time = (value: unknown): number | undefined => (typeof value === 'string' ? Date.parse(value) : undefined);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function parsed(given: Record<string, unknown>): PhoneCall {
  return {
    id: String(given.call_id),
    direction: String(given.direction),
    from: String(given.from),
    to: String(given.to),
    headers: Object.fromEntries(Object.entries(Object(given.headers)).map(([name, value]) => [name, String(value)])),
    state: String(given.state),
    startedAt: time(given.started_at) ?? 0,
    answeredAt: time(given.answered_at),
    endedAt: time(given.ended_at),
    endedBy: String(given.ended_by),
    sipStatus: typeof given.sip_status === 'number' ? given.sip_status : undefined,
    scriptError: text(given.script_error),
    digits: list(given.digits).map(({ digit, method, at }) => ({
      digit: String(digit),
      method: String(method),
      at: time(at) ?? 0,
    })),
    heard: list(given.heard).map(({ kind, from_ms, ms, hz }) => ({
      kind: String(kind),
      fromMs: Number(from_ms),
      ms: Number(ms),
      hz: typeof hz === 'number' ? hz : undefined,
    })),
  };
}

/** Calls of a phone, oldest first. */
export async function phoneCalls(server: Operated, phone: string): Promise<readonly PhoneCall[]> {
  return list((await operator(server, `phones/${phone}/calls`)).json.calls).map(parsed);
}

/** A phone calls a number of the instance. Gives the call's id, which is the phone's own. */
export async function phoneDials(server: Operated, phone: string, to: string, script?: PhoneScript): Promise<string> {
  const answer = await operator(server, `phones/${phone}/calls`, { to, ...(script === undefined ? {} : { script }) });
  if (answer.status !== 202) throw new Error(`the phone cannot call: ${answer.status} ${answer.text}`);
  return String(answer.json.call_id);
}

/** What a phone does from now on when it is called. */
export async function phoneAnswers(server: Operated, phone: string, script: PhoneScript): Promise<void> {
  const answer = await fetch(`${server.url}/ringdown/v1/phones/${phone}/script`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${server.operatorToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ script }),
  });
  if (!answer.ok) throw new Error(`the phone takes no script: ${answer.status} ${await answer.text()}`);
}

/** The phone's call that passes the test, as soon as there is one; without a test its first. */
export async function phoneCall(
  server: Operated,
  phone: string,
  wanted: (call: PhoneCall) => boolean = () => true,
  timeoutMs?: number,
): Promise<PhoneCall> {
  return await eventually(
    `call of the phone ${phone}`,
    async () => (await phoneCalls(server, phone)).find(wanted),
    timeoutMs,
  ).catch(async (error: unknown) => {
    throw new Error(`${String(error)}, only ${JSON.stringify(await phoneCalls(server, phone))}`);
  });
}

/** Anything of that kind, milliseconds in all. `tone` alone counts every tone. */
export const msOf = (call: PhoneCall, kind: 'silence' | 'sound' | 'tone', hz?: number): number =>
  call.heard
    .filter((part) => part.kind === kind && (hz === undefined || Math.abs((part.hz ?? 0) - hz) <= TONE_SLACK_HZ))
    .reduce((sum, part) => sum + part.ms, 0);

/** A frequency is measured in windows of 100 ms, which tell apart what is 10 Hz apart; telephone audio shifts nothing. */
const TONE_SLACK_HZ = 15;

/** Milliseconds of what was not silence. */
export const loudMs = (call: PhoneCall): number => msOf(call, 'sound') + msOf(call, 'tone');

/** A vowel may measure as a tone for a moment. */
const VOWEL_MS = 300;

/** What was heard without the silence, neighbours of one kind joined where less than `gapMs` lies between: the utterances. */
export function utterances(call: PhoneCall, gapMs = 400): readonly Heard[] {
  const found: Heard[] = [];
  for (const heard of call.heard.filter(({ kind }) => kind !== 'silence')) {
    const part = heard.kind === 'tone' && heard.ms < VOWEL_MS ? { ...heard, kind: 'sound', hz: undefined } : heard;
    const last = found.at(-1);
    const gap = last === undefined ? Number.POSITIVE_INFINITY : part.fromMs - (last.fromMs + last.ms);
    if (last !== undefined && gap < gapMs && last.kind === part.kind && last.hz === part.hz) {
      found[found.length - 1] = { ...last, ms: part.fromMs + part.ms - last.fromMs };
    } else {
      found.push(part);
    }
  }
  return found;
}

export const keysOf = (call: PhoneCall): string => call.digits.map(({ digit }) => digit).join('');
