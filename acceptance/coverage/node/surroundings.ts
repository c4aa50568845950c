/** What the suite gives to the program (coverage/README.md), and the operator's side of the server. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { list, record } from '../../api.ts';
import type { SdkClient, SdkObject } from '../../sdk.ts';
import { eventually } from '../../wait.ts';

const variable = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

export const authId = variable('PLIVO_AUTH_ID');
export const run = variable('COVERAGE_RUN');
export const NUMBER = variable('COVERAGE_NUMBER');
export const NUMBER_2 = variable('COVERAGE_NUMBER_2');
export const NUMBER_3 = variable('COVERAGE_NUMBER_3');
export const TOLL_FREE = variable('COVERAGE_TOLL_FREE');
export const TOLL_FREE_2 = variable('COVERAGE_TOLL_FREE_2');
export const INDIAN = variable('COVERAGE_NUMBER_IN');
export const SHORT_CODE = variable('COVERAGE_SHORTCODE');
export const PHONE = variable('COVERAGE_PHONE');
export const PHONE_2 = variable('COVERAGE_PHONE_2');
export const PHONE_3 = variable('COVERAGE_PHONE_3');
export const OWN_NUMBER = variable('COVERAGE_OWN_NUMBER');
export const CARRIER = variable('COVERAGE_CARRIER');
export const PHLO = variable('COVERAGE_PHLO');
export const PHLO_NODE = variable('COVERAGE_PHLO_NODE');
export const STREAM = variable('COVERAGE_STREAM');
export const file = (name: string): string => `${variable('COVERAGE_FILES')}/${name}`;
/** On the customer's web server. */
export const web = (path: string): string => `${variable('COVERAGE_STAGE')}${path}`;

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Five decimals, as all money. */
export const MONEY = /^-?\d+\.\d{5}$/;
export const CALL_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d$/;
export const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

type Params = Record<string, unknown>;

/** What the suites of acceptance/sdk.ts do not call. */
interface MoreOfTheClient {
  token: { create(iss: string, params?: Params): Promise<SdkObject> };
}
export type Client = SdkClient & MoreOfTheClient;

interface PhloRoom {
  call(triggerSource: string, to: string, role: string): Promise<SdkObject>;
  warmTransfer(triggerSource: string, to: string): Promise<SdkObject>;
  abortTransfer(member: string): Promise<SdkObject>;
}
interface PhloHandle {
  run(payload: Params): Promise<SdkObject>;
  multiPartyCall(nodeId: string): PhloRoom;
}
interface PhloClient {
  phlo: ((id: string) => PhloHandle) & { get(id: string): Promise<SdkObject> };
}

interface PlivoModule {
  Client: new () => Client;
  PhloClient: new () => PhloClient;
}
const plivo: PlivoModule = createRequire(import.meta.url)('plivo');

/** Credentials and way are those of the environment. */
export const client = new plivo.Client();
export const phloClient = new plivo.PhloClient();

export async function operator(path: string, body?: Params): Promise<SdkObject> {
  const answer = await fetch(`${variable('RINGDOWN_PUBLIC_URL')}/ringdown/v1/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${variable('RINGDOWN_OPERATOR_TOKEN')}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.ok(answer.ok, `operator ${path}: ${answer.status}`);
  return record(await answer.json());
}

/** Texts that the phone has got, oldest first. */
export async function inboxOf(phone: string): Promise<readonly string[]> {
  return list((await operator(`phones/${phone}/messages`)).messages).map(({ text }) => String(text));
}

/** The code that comes to the phone after the first so many texts. */
export async function codeAt(phone: string, texts: number): Promise<string> {
  return await eventually(`a code for ${phone}`, async () => {
    const [code] = (await inboxOf(phone)).slice(texts).flatMap((text) => /code is (\d{6})/.exec(text)?.[1] ?? []);
    return code;
  });
}

/** Resolves when looking gives the wanted value. */
export async function becomes(what: string, wanted: string, look: () => Promise<unknown>): Promise<void> {
  let seen: unknown;
  await eventually(`${what} ${wanted}`, async () => {
    seen = await look();
    return seen === wanted ? true : undefined;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; it is ${String(seen)}`);
  });
}

/** Some lists of the SDK are arrays with a `meta`, others objects with `objects`. */
export const itemsOf = (listed: unknown): SdkObject[] => list(Array.isArray(listed) ? listed : record(listed).objects);

/** The SDK tells of an answer without body by `true`, or by an object without anything in it. */
export function assertGone(answer: unknown): void {
  assert.ok(answer === true || typeof answer === 'object', `the answer to the deletion is ${JSON.stringify(answer)}`);
}

/** The refusal of a deleted object. */
export async function assertNotFound(look: Promise<unknown>): Promise<void> {
  const status = await look.then(
    () => 'an answer',
    (error: unknown) => record(Object(error)).status ?? String(error),
  );
  assert.equal(status, 404);
}
