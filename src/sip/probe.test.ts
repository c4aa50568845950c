import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SipRig } from '../../testkit/sip-rig.ts';
import { probe } from './probe.ts';

describe('a probe by OPTIONS', () => {
  it('tells the status of who is there, and nothing of who is not', async () => {
    const rig = new SipRig();
    const alice = await rig.stack('192.0.2.1');
    const bob = await rig.stack('192.0.2.2');
    const answers = Promise.all([probe(alice.services, 'sip:192.0.2.2'), probe(alice.services, 'sip:192.0.2.3')]);
    await rig.clock.advance(33_000);
    assert.deepEqual(await answers, [200, undefined]);
    bob.onOptions((request) => request.respond(503));
    const busy = probe(alice.services, 'sip:192.0.2.2;transport=tcp');
    await rig.clock.advance(100);
    assert.equal(await busy, 503);
    await rig.assertClean();
  });
});
