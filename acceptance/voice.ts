/** What the voice suites share: an account without limits, an application whose documents the suite writes, and what is known of a call afterwards. */
import { call, list, operator, record } from './api.ts';
import { AUTH_ID, type RingdownProcess, startServer, unlimitedAccount } from './server.ts';
import { sine, wavOf } from './tones.ts';
import { eventually } from './wait.ts';
import { type Received, WebhookReceiver } from './webhook-receiver.ts';

/** Runs the suite's application. */
export const NUMBER = '14155550100';
/** Belongs to an account that may be called once a second. */
export const SLOW_NUMBER = '14155550150';
export const CALLER = '14155550123';
export const SLOW_AUTH_ID = 'MAACCEPTANCE00000002';
const SLOW_AUTH_TOKEN = 'acceptance-token-0000000000000000000002x';

export const xml = (inner: string): string => `<?xml version="1.0" encoding="UTF-8"?><Response>${inner}</Response>`;

export const voiceAccount = {
  ...unlimitedAccount,
  limits: { ...unlimitedAccount.limits, calls_per_second: 1000, inbound_calls_per_second: 1000, call_requests_per_5s: 0 },
  geo: { ...unlimitedAccount.geo, voice: ['US'] },
};

export interface VoiceSuite {
  readonly server: RingdownProcess;
  readonly app: WebhookReceiver;
  /** The document that calls to `NUMBER` get from now on. */
  answerWith(document: string): void;
  /** What other paths answer. */
  on(path: string, document: string): void;
  /** URL of a WAV file with a tone. */
  tone(frequency: number, ms: number): string;
  dispose(): Promise<void>;
}

export async function startVoice(
  name: string,
  extra: Record<string, unknown> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<VoiceSuite> {
  const app = await WebhookReceiver.start();
  const documents = new Map<string, string>();
  app.answer(({ path, params }) => {
    if (path === '/tone') {
      const body = wavOf(sine(Number(params.hz), Number(params.ms)));
      return { body, contentType: 'audio/wav' };
    }
    return { body: documents.get(path) ?? '', contentType: 'application/xml' };
  });
  const application = { answer_url: app.url('/answer'), hangup_url: app.url('/hangup') };
  const number = { country: 'US', type: 'local' };
  const server = await startServer({
    name,
    env,
    config: {
      accounts: [
        voiceAccount,
        {
          ...voiceAccount,
          auth_id: SLOW_AUTH_ID,
          auth_token: SLOW_AUTH_TOKEN,
          name: 'Slow',
          limits: { inbound_calls_per_second: 1 },
        },
      ],
      applications: [
        { name: 'voice', account: AUTH_ID, ...application },
        { name: 'slow', account: SLOW_AUTH_ID, ...application },
      ],
      numbers: [
        { ...number, number: NUMBER, account: AUTH_ID, application: 'voice' },
        { ...number, number: SLOW_NUMBER, account: SLOW_AUTH_ID, application: 'slow' },
      ],
      ...extra,
    },
  }).catch(async (error: unknown) => {
    await app.stop();
    throw error;
  });
  return {
    server,
    app,
    answerWith: (document) => void documents.set('/answer', document),
    on: (path, document) => void documents.set(path, document),
    tone: (frequency, ms) => `${app.url('/tone')}.wav?hz=${frequency}&amp;ms=${ms}`.replace('/tone.wav', '/tone'),
    async dispose() {
      await server.dispose();
      await app.stop();
    },
  };
}

/** The hangup webhook of the call whose answer document was asked for `since` that many requests. */
export async function hangupOf(suite: VoiceSuite, callId: string, path = '/hangup'): Promise<Received['params']> {
  const found = await suite.app.waitFor(
    `hangup of ${callId}`,
    (request) => request.path === path && request.params.CallUUID === callId,
    15_000,
  );
  return found.params;
}

/** CallUUID of the latest call that asked for the answer document. */
export async function answeredCall(suite: VoiceSuite, before: number, path = '/answer'): Promise<Received['params']> {
  return await eventually('request of the answer document', () => suite.app.on(path).slice(before)[0]?.params);
}

export async function recordOf(server: RingdownProcess, callId: string): Promise<Record<string, unknown>> {
  return await eventually(`record of ${callId}`, async () => {
    const answer = await call(server, `Call/${callId}/`);
    return answer.status === 200 && answer.json.end_time !== undefined ? answer.json : undefined;
  });
}

export interface Step {
  readonly event: string;
  readonly detail: Record<string, unknown>;
}

/** The whole timeline of a call that has ended. */
export async function stepsOf(server: Parameters<typeof operator>[0], callId: string): Promise<readonly Step[]> {
  return await eventually(`timeline of ${callId}`, async () => {
    const entries = list((await operator(server, `timeline/${callId}`)).json.entries);
    const steps = entries.map(({ event, detail }) => ({ event: String(event), detail: record(detail) }));
    return steps.some(({ event }) => event === 'ended') ? steps : undefined;
  });
}

/** First lines of its SIP messages. */
export const messagesOf = (steps: readonly Step[]): readonly string[] =>
  steps.filter(({ event }) => event === 'sip').map(({ detail }) => String(detail.message));

/** Figures of its audio. */
export const mediaOf = (steps: readonly Step[]): Record<string, unknown> =>
  record(steps.find(({ event }) => event === 'ended')?.detail.media);
