import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { readEnvironment } from '../../src/config/environment.ts';
import { type Server, startServer } from '../../src/main.ts';
import { type AccessTokenClaims, signAccessToken } from '../../src/plivo/access-tokens/access-token.ts';
import { createSystemRandom } from '../../src/runtime/random.ts';
import { DigestSession } from '../../src/sip/digest-client.ts';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';

const DOMAIN = 'phone.plivo.com';
const ANSWER_MS = 5_000;

interface Account {
  readonly authId: string;
  readonly authToken: string;
}
interface Endpoint {
  readonly id: string;
  readonly username: string;
  readonly password: string;
}

/** The answer to the challenge of a REGISTER. */
function proofOf(challenged: string, { username, password }: Endpoint): string {
  const challenges = [...challenged.matchAll(/^WWW-Authenticate: (.*)\r$/gim)].map(([, value = '']) => value);
  const request = { method: 'REGISTER', uri: `sip:${DOMAIN}`, body: Buffer.alloc(0) };
  const answer = new DigestSession({ username, password }, createSystemRandom()).answer(challenges, request, { answered: false });
  assert.ok(answer, challenged);
  return `Authorization: ${answer}`;
}

/** SIP over the WebSocket of one browser, somewhere else in the world each. */
class Browser {
  static #count = 0;
  readonly #socket: WebSocket;
  readonly #heard: string[] = [];
  #waiting: (() => void) | undefined;
  readonly host: string;
  #sequence = 0;

  private constructor(socket: WebSocket, host: string) {
    this.#socket = socket;
    this.host = host;
    socket.on('message', (data) => {
      this.#heard.push(String(data));
      this.#waiting?.();
    });
  }

  static async open(url: string): Promise<Browser> {
    const host = `198.51.100.${++Browser.#count}`;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/`, ['sip'], { headers: { 'x-forwarded-for': host } });
    const browser = new Browser(socket, host);
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return browser;
  }

  close(): void {
    this.#socket.terminate();
  }

  /** The final answer to a request. */
  async ask(method: 'REGISTER' | 'INVITE', user: string, to: string, headers: readonly string[] = []) {
    const sequence = ++this.#sequence;
    const uri = method === 'REGISTER' ? `sip:${DOMAIN}` : to;
    const callId = `${this.host}-${sequence}`;
    this.#socket.send(
      [
        `${method} ${uri} SIP/2.0`,
        `Via: SIP/2.0/WS ${this.host};branch=z9hG4bK${this.host}${sequence}`,
        `From: <sip:${user}@${DOMAIN}>;tag=${sequence}`,
        `To: <${to}>`,
        `Call-ID: ${callId}`,
        `CSeq: ${sequence} ${method}`,
        'Max-Forwards: 70',
        `Contact: <sip:${user}@${this.host};transport=ws>`,
        ...(method === 'REGISTER' ? ['Expires: 300'] : []),
        ...headers,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
    );
    const deadline = Date.now() + ANSWER_MS;
    for (;;) {
      const answer = this.#heard.find((text) => text.includes(`Call-ID: ${callId}`) && !/^SIP\/2\.0 1\d\d/.test(text));
      if (answer) return { status: Number(answer.slice(8, 11)), text: answer };
      assert.ok(Date.now() < deadline, `no answer to ${method}`);
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
        setTimeout(resolve, 50);
      });
    }
  }
}

describe('over the WebSocket of a browser nobody is who they are not', () => {
  let folder: string;
  let database: TestDatabase;
  let server: Server;
  let owner: Account;
  let branch: Account;
  let stranger: Account;
  let alice: Endpoint;
  let theirs: Endpoint;
  let application: string;
  const browsers: Browser[] = [];

  const api = async (who: Account, at: string, body?: object) => {
    const reply = await fetch(`${server.url}/v1/Account/${who.authId}/${at}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Basic ${Buffer.from(`${who.authId}:${who.authToken}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const read: Record<string, unknown> = JSON.parse(await reply.text());
    assert.ok(reply.ok, JSON.stringify(read));
    return read;
  };
  const endpoint = async (who: Account, username: string): Promise<Endpoint> => {
    const password = `secret-${username}`;
    const made = await api(who, 'Endpoint/', {
      username,
      password,
      alias: username,
      app_id: who === owner ? application : undefined,
    });
    return { id: String(made.endpoint_id), username: String(made.username), password };
  };
  const account = async (authId: string, parentId: string | null): Promise<Account> => {
    const { services } = server.ringdown;
    const authToken = services.ids.authToken();
    await services.accounts.insert({ authId, parentId, authToken, name: authId, billingMode: 'postpaid' });
    return { authId, authToken };
  };

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'ringdown-browser-'));
    database = await createTestDatabase();
    server = await startServer(
      readEnvironment({
        RINGDOWN_HTTP_PORT: '0',
        RINGDOWN_SIP_PORT: '0',
        RINGDOWN_DATA_DIR: folder,
        RINGDOWN_LOG_LEVEL: 'silent',
        RINGDOWN_DRAIN_SECONDS: '1',
        DATABASE_URL: database.url,
      }),
    );
    owner = await account('MABROWSEROWNER000001', null);
    stranger = await account('MABROWSERSTRANGER001', null);
    branch = await account('SABROWSERBRANCH00001', owner.authId);
    const made = await api(owner, 'Application/', { app_name: 'line', answer_url: 'http://127.0.0.1:9/answer' });
    application = String(made.app_id);
    alice = await endpoint(owner, 'alice');
    theirs = await endpoint(stranger, 'mallory');
  });
  after(async () => {
    for (const browser of browsers) browser.close();
    await server.stop();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async () => {
    const browser = await Browser.open(server.url);
    browsers.push(browser);
    return browser;
  };
  const token = (signer: Account, claims: Partial<AccessTokenClaims> = {}, key = signer.authToken) => {
    const nbf = Math.floor(Date.now() / 1_000) - 60;
    const voice = { incoming_allow: true, outgoing_allow: true };
    const all = { app: '', exp: nbf + 3_600, iss: signer.authId, nbf, per: { voice }, sub: alice.username, ...claims };
    return `X-Plivo-Jwt: ${signAccessToken(all, key)}`;
  };
  /** Where the owner's endpoint is registered. */
  const place = async () => {
    const { sip_registered: isRegistered, sip_contact: contact } = await api(owner, `Endpoint/${alice.id}/`);
    return isRegistered === 'true' ? String(contact) : undefined;
  };
  const addressOf = (user: string) => `sip:${user}@${DOMAIN}`;

  /** Everybody who is not the owner's endpoint, with what they show; `user` is whom they say they are. */
  const impostors = () => {
    const own = `${alice.username}_${owner.authId}`;
    return [
      { who: 'nobody', user: alice.username, headers: [] },
      { who: 'a token of another account that names the endpoint', user: own, headers: [token(stranger)] },
      {
        who: 'the same under the name that its signer would have',
        user: `${alice.username}_${stranger.authId}`,
        headers: [token(stranger)],
      },
      { who: 'a token of a subaccount that names its parent’s endpoint', user: own, headers: [token(branch)] },
      { who: 'a token in the name of the owner, signed by another', user: own, headers: [token(owner, {}, stranger.authToken)] },
      { who: 'a token that has expired', user: own, headers: [token(owner, { nbf: 1, exp: 2 })] },
      { who: 'no token at all in the header', user: own, headers: ['X-Plivo-Jwt: x'] },
      {
        who: 'a token of another account for its own endpoint',
        user: own,
        headers: [token(stranger, { sub: theirs.username })],
      },
    ];
  };

  it('the endpoint itself registers, by its token and by its password', async () => {
    const byToken = await open();
    const user = `${alice.username}_${owner.authId}`;
    assert.equal((await byToken.ask('REGISTER', user, addressOf(user), [token(owner)])).status, 200);
    assert.match((await place()) ?? '', new RegExp(byToken.host));
    const byPassword = await open();
    const challenged = await byPassword.ask('REGISTER', alice.username, addressOf(alice.username));
    assert.equal(challenged.status, 401);
    const proof = proofOf(challenged.text, alice);
    assert.equal((await byPassword.ask('REGISTER', alice.username, addressOf(alice.username), [proof])).status, 200);
  });

  it('nobody else registers as it, nor takes it away', async () => {
    const before = await place();
    assert.ok(before);
    for (const { who, user, headers } of impostors()) {
      const browser = await open();
      const { status } = await browser.ask('REGISTER', user, addressOf(user), headers);
      assert.ok([401, 403].includes(status), `${who} got ${status}`);
    }
    for (const guess of [{ ...alice, password: 'guess' }, theirs]) {
      const browser = await open();
      const challenged = await browser.ask('REGISTER', alice.username, addressOf(alice.username));
      const proof = proofOf(challenged.text, guess);
      assert.equal((await browser.ask('REGISTER', alice.username, addressOf(alice.username), [proof])).status, 403);
    }
    assert.equal(await place(), before);
  });

  it('nobody else calls in its name, nor in that of the owner’s application', async () => {
    const called = `sip:+14155550123@${DOMAIN}`;
    for (const { who, user, headers } of impostors()) {
      const browser = await open();
      const { status } = await browser.ask('INVITE', user, called, headers);
      // A token of another account is a caller of that account, which has nothing that takes the call.
      assert.ok([401, 403, 404, 407].includes(status), `${who} got ${status}`);
    }
    const browser = await open();
    const user = `puser1700000000000jt_${stranger.authId}`;
    const claims = { sub: '', app: application, per: { voice: { incoming_allow: false, outgoing_allow: true } } };
    const answer = await browser.ask('INVITE', user, called, [token(stranger, claims)]);
    assert.equal(answer.status, 404, 'the application is another account’s');
    const { calls } = await api(owner, 'Call/?status=live');
    assert.deepEqual(calls, []);
    const { objects } = await api(owner, 'Call/');
    assert.deepEqual(objects, []);
  });
});
