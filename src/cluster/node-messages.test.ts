import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import type { HttpRequest, HttpResult, HttpSender } from '../delivery/http-client.ts';
import { NodeMessages, NodeUnreachable } from './node-messages.ts';

const KEY = Buffer.alloc(32, 1);
const times = { startedAt: 0, connectedMs: 0, firstByteMs: 0, totalMs: 0 };

/** Keeps what is sent and answers with what the test says. */
class Wire implements HttpSender {
  sent: HttpRequest | undefined;
  readonly #answer: HttpResult;

  constructor(status = 200, text = 'answer') {
    this.#answer = { kind: 'answer', status, headers: {}, body: Buffer.from(text), truncated: false, times };
  }

  async request(request: HttpRequest): Promise<HttpResult> {
    this.sent = request;
    return this.#answer;
  }

  get body(): Record<string, unknown> {
    return JSON.parse(String(this.sent?.body));
  }
}

test('what a node says is heard by another that has the same key', async () => {
  const clock = new VirtualClock();
  const wire = new Wire();
  assert.equal(await new NodeMessages(KEY, wire, clock).ask('http://192.0.2.7:7464', '{"a":"ü"}'), 'answer');
  assert.equal(wire.sent?.url.href, 'http://192.0.2.7:7464/ringdown/v1/node/requests');
  assert.equal(new NodeMessages(KEY, wire, clock).open(wire.body), '{"a":"ü"}');
});

test('what was changed, is old, or comes from elsewhere is not heard', async () => {
  const clock = new VirtualClock();
  const wire = new Wire();
  const messages = new NodeMessages(KEY, wire, clock);
  await messages.ask('http://192.0.2.7:7464', 'text');
  const { body } = wire;
  assert.equal(messages.open({ ...body, text: 'other' }), undefined);
  assert.equal(messages.open({ ...body, at: clock.now() + 1 }), undefined);
  assert.equal(messages.open({ ...body, proof: '' }), undefined);
  assert.equal(messages.open({ ...body, proof: 7 }), undefined);
  assert.equal(messages.open(undefined), undefined);
  assert.equal(messages.open('text'), undefined);
  assert.equal(new NodeMessages(Buffer.alloc(32, 2), wire, clock).open(body), undefined);
  await clock.advance(30_001);
  assert.equal(messages.open(body), undefined);
});

test('a node that does not answer, or refuses, is unreachable', async () => {
  const clock = new VirtualClock();
  const silent: HttpSender = {
    request: async () => ({ kind: 'failure', failure: 'connect', reason: 'connection refused', status: null, times }),
  };
  await assert.rejects(new NodeMessages(KEY, silent, clock).ask('http://192.0.2.7', ''), NodeUnreachable);
  await assert.rejects(new NodeMessages(KEY, new Wire(401), clock).ask('http://192.0.2.7', ''), NodeUnreachable);
});
