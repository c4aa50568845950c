/**
 * The called parties of the suites of calls: numbers of another account of the same server, each with an application whose XML does
 * what the number stands for. Calls to them are real ones: SIP and RTP over the loopback interface, through the simulator.
 */
import { type Credentials, call } from './api.ts';
import { OTHER_AUTH_ID, OTHER_AUTH_TOKEN } from './fixture.ts';
import { sine, wavOf } from './tones.ts';
import { FAR, type FarName } from './voice-fixture.ts';
import { type Answer, type Received, WebhookReceiver } from './webhook-receiver.ts';

export const xml = (elements: string): Answer => ({
  contentType: 'application/xml',
  body: `<?xml version="1.0" encoding="UTF-8"?><Response>${elements}</Response>`,
});

/** Wait alone answers no call, DTMF does. */
const ANSWER = '<DTMF>w</DTMF>';
/** What a far end does until somebody hangs up. */
const STAY = '<Wait length="60"/>';
const FAR_TONE_HZ = 700;

export class FarEnd {
  readonly #receiver: WebhookReceiver;
  readonly #owner: Credentials;

  private constructor(receiver: WebhookReceiver, owner: Credentials) {
    this.#receiver = receiver;
    this.#owner = owner;
  }

  /** Starts the applications and attaches them to the numbers. */
  static async start(server: { readonly url: string }): Promise<FarEnd> {
    const receiver = await WebhookReceiver.start();
    const owner = { url: server.url, authId: OTHER_AUTH_ID, authToken: OTHER_AUTH_TOKEN };
    const far = new FarEnd(receiver, owner);
    receiver.answer((request) => far.#answer(request));
    for (const [name, number] of Object.entries(FAR)) {
      const made = await call(owner, 'Application/', {
        body: { app_name: `far-${name}`, answer_url: receiver.url(`/${name}`), hangup_url: receiver.url('/hangup') },
      });
      const attached = await call(owner, `Number/${number}/`, { body: { app_id: made.json.app_id } });
      if (attached.status !== 202) throw new Error(`the far end ${number} could not be set up: ${made.text} ${attached.text}`);
    }
    return far;
  }

  /** What arrived at the application of one of them: the call, or with `heard` the keys that were pressed. */
  requests(name: FarName | 'heard' | 'hangup'): readonly Received[] {
    return this.#receiver.on(`/${name}`);
  }

  /** Hangs up all calls of the far ends too, so that the server need not wait for them. Before the server is stopped. */
  async stop(): Promise<void> {
    await call(this.#owner, 'Call/', { method: 'DELETE' }).catch(() => undefined);
    await this.#receiver.stop();
  }

  #answer(request: Received): Answer {
    switch (request.path) {
      case '/answers':
        return xml(ANSWER + STAY);
      case '/rings':
        return 'hang';
      case '/busy':
        return xml('<Hangup reason="busy"/>');
      case '/rejects':
        return xml('<Hangup reason="rejected"/>');
      case '/listens':
        return xml(
          `<GetDigits action="${this.#receiver.url('/heard')}" numDigits="4" timeout="20" digitTimeout="4" playBeep="false"><Wait length="30"/></GetDigits>${STAY}`,
        );
      case '/heard':
        return xml(STAY);
      case '/presses':
        return xml(`${ANSWER}<Wait length="2"/><DTMF async="false">4711</DTMF>${STAY}`);
      case '/leaves':
        return xml(`${ANSWER}<Wait length="1"/><Hangup/>`);
      case '/plays':
        return xml(`<Play loop="0">${this.#receiver.url('/tone.wav')}</Play>`);
      case '/tone.wav':
        return { contentType: 'audio/wav', body: wavOf(sine(FAR_TONE_HZ, 1000)) };
      default:
        return { status: 200 };
    }
  }
}
