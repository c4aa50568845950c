import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { selfSignedCertificate } from '../../testkit/certificate.ts';
import { ANSWER, OFFER } from '../../testkit/sip-rig.ts';
import { systemClock } from '../runtime/clock.ts';
import { createSystemRandom } from '../runtime/random.ts';
import type { SessionEnd } from './calls/session-types.ts';
import { createSipStack, type SipStack } from './sip-stack.ts';
import { systemNetwork } from './system-network.ts';
import type { TraceEvent } from './wire.ts';

const LOOPBACK = '127.0.0.1';
const certificate = selfSignedCertificate('localhost');

async function started(trace: TraceEvent[] = []): Promise<SipStack> {
  const stack = createSipStack({
    clock: systemClock,
    random: createSystemRandom(),
    network: systemNetwork,
    listen: [
      { transport: 'udp', host: LOOPBACK, port: 0 },
      { transport: 'tcp', host: LOOPBACK, port: 0 },
      { transport: 'tls', host: LOOPBACK, port: 0, tls: certificate },
    ],
    advertise: { host: LOOPBACK },
    userAgent: 'Test',
    onError: assert.ifError,
    tlsClient: { ca: certificate.cert, verify: false },
    trace: (event) => trace.push(event),
  });
  await stack.start();
  return stack;
}

describe('two stacks over real sockets of this host', async () => {
  const stacks: SipStack[] = [];
  after(() => Promise.all(stacks.map((stack) => stack.stop(0))));

  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    it(`call each other over ${transport}`, async () => {
      const trace: TraceEvent[] = [];
      const [alice, bob] = [await started(trace), await started()];
      stacks.push(alice, bob);
      const calleeEnded = new Promise<SessionEnd>((resolve, reject) => {
        bob.onInvite((invite) => {
          invite.ring();
          invite.accept(ANSWER).then((session) => session.onEnded(resolve), reject);
        });
      });
      const port = bob.boundPorts().find((bound) => bound.transport === transport)?.port;
      const target = `sip:bob@${LOOPBACK}:${port};transport=${transport}`;
      const result = await alice.invite({ target, from: 'sip:alice@localhost', to: 'sip:bob@localhost', sdp: OFFER }).result;
      assert.ok(result.kind === 'answered', JSON.stringify(result));
      assert.equal(result.session.remoteSdp, ANSWER);
      result.session.bye();
      assert.equal((await calleeEnded).by, 'remote');
      const seen = trace.map(({ direction, method, status }) => `${direction} ${method} ${status ?? ''}`.trim());
      assert.deepEqual(seen.slice(0, 4), ['out INVITE', 'in INVITE 100', 'in INVITE 180', 'in INVITE 200']);
      assert.ok(trace.every((event) => event.transport === transport));
      await Promise.all([alice.stop(0), bob.stop(0)]);
      assert.deepEqual([alice.counts().timers, bob.counts().timers, alice.counts().connections], [0, 0, 0]);
    });
  }

  it('report that an address cannot be bound', async () => {
    const stack = await started();
    stacks.push(stack);
    const port = stack.boundPorts()[0]?.port ?? 0;
    const second = createSipStack({
      clock: systemClock,
      random: createSystemRandom(),
      network: systemNetwork,
      listen: [{ transport: 'udp', host: LOOPBACK, port }],
      advertise: { host: LOOPBACK },
      userAgent: 'Test',
      onError: assert.ifError,
    });
    await assert.rejects(second.start(), { code: 'EADDRINUSE' });
  });

  it('report a peer that nobody is listening for', async () => {
    const stack = await started();
    stacks.push(stack);
    const closed = await systemNetwork.listen(LOOPBACK, 0, () => {});
    const { port } = closed.local;
    closed.close();
    const target = `sip:nobody@${LOOPBACK}:${port};transport=tcp`;
    const result = await stack.invite({ target, from: 'sip:a@localhost', to: 'sip:b@localhost', sdp: OFFER }).result;
    assert.ok(result.kind === 'failed');
    assert.deepEqual([result.status, result.cause], [503, 'transport']);
  });
});
