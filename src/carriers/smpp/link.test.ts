import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MemoryPeer } from '../../../testkit/memory-wire.ts';
import { bindAll, outbound, type VirtualRig, virtualRig } from '../../../testkit/smpp-rig.ts';
import { deliverBody, receiptBody } from '../../../testkit/smsc-receipts.ts';
import type { VirtualClock } from '../../../testkit/virtual-clock.ts';
import type { PartReport } from '../carrier.ts';
import type { SmppCarrierOptions } from './options.ts';
import type { Pdu } from './pdu.ts';
import { Status } from './statuses.ts';

type Sequenced = { readonly sequence: number };

/** Lets time go by, and at its end what was written in one turn be answered in the next ones. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  await clock.advance(ms);
  for (let turn = 0; turn < 3; turn++) await clock.advance(0);
}

async function bound(options: Partial<SmppCarrierOptions> = {}): Promise<VirtualRig> {
  const rig = virtualRig(options);
  bindAll(rig.network);
  rig.carrier.start(rig.events);
  await pass(rig.clock, 0);
  assert.equal(rig.carrier.health().state, 'up');
  return rig;
}

function submits(peer: MemoryPeer): readonly Sequenced[] {
  return peer.received.filter(({ command }) => command === 'submit_sm');
}

function accept(peer: MemoryPeer, { sequence }: Sequenced, status: number = Status.ok): void {
  const body = { messageId: status === Status.ok ? `id-${sequence}` : '', tlvs: [] };
  peer.send({ command: 'submit_sm_resp', status, sequence, body });
}

function kinds(reports: readonly PartReport[]): readonly string[] {
  return reports.map(({ outcome }) => outcome.kind);
}

const deliver = (sequence: number): Pdu => ({
  command: 'deliver_sm',
  status: 0,
  sequence,
  body: deliverBody({ source: '4917012345678', dest: '14155550100', shortMessage: Buffer.from('hi') }),
});

describe('SMPP link: bind', () => {
  it('is down until bound and tells each change', async () => {
    const { carrier, clock, events, network } = virtualRig();
    carrier.start(events);
    assert.equal(carrier.health().state, 'down');
    assert.equal(carrier.capacity(), 0);
    network.peer.accept();
    await clock.advance(0);
    const [bind] = network.peer.received;
    assert.ok(bind?.command === 'bind_transceiver');
    assert.equal(bind.body.systemId, 'esme');
    assert.equal(bind.body.password, 'secret');
    assert.equal(bind.body.interfaceVersion, 0x34);
    const before = events.changes;
    network.peer.send({
      command: 'bind_transceiver_resp',
      status: 0,
      sequence: bind.sequence,
      body: { systemId: 's', tlvs: [] },
    });
    await clock.advance(0);
    assert.equal(carrier.health().state, 'up');
    assert.equal(carrier.capacity(), 10);
    assert.ok(events.changes > before);
  });

  it('is failed on a wrong password, tries again slowly, and recovers', async () => {
    const { carrier, clock, events, network } = virtualRig();
    let status: number = Status.invalidPassword;
    network.onDial = (peer) => {
      peer.answer = ({ sequence }) =>
        peer.send({ command: 'bind_transceiver_resp', status, sequence, body: { systemId: '', tlvs: [] } });
      peer.accept();
    };
    carrier.start(events);
    await pass(clock, 1000);
    assert.equal(carrier.health().state, 'failed');
    assert.match(carrier.health().links[0]?.detail ?? '', /ESME_RINVPASWD/);
    await pass(clock, 50_000);
    assert.equal(network.peers.length, 1);
    status = Status.ok;
    await pass(clock, 10_000);
    assert.equal(network.peers.length, 2);
    assert.equal(carrier.health().state, 'up');
  });

  it('is failed when the host does not exist', async () => {
    const { carrier, clock, events, network } = virtualRig();
    carrier.start(events);
    network.peer.close('ENOTFOUND', true);
    await clock.advance(0);
    assert.equal(carrier.health().state, 'failed');
  });

  it('dials again with waits that double up to a limit, and from the shortest after a connection that held', async () => {
    const { carrier, clock, events, network } = virtualRig();
    carrier.start(events);
    const dialledAt: number[] = [];
    for (let attempt = 0; attempt < 10; attempt++) {
      const since = clock.now();
      const count = network.peers.length;
      network.peer.close('ECONNREFUSED');
      while (network.peers.length === count) await clock.advance(50);
      dialledAt.push(clock.now() - since);
    }
    assert.deepEqual(dialledAt, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    bindAll(network);
    network.peer.close();
    await pass(clock, 30_000);
    assert.equal(carrier.health().state, 'up');
    await pass(clock, 5000);
    const count = network.peers.length;
    network.peer.close();
    await pass(clock, 250);
    assert.equal(network.peers.length, count + 1);
  });

  it('gives up on a connection or bind that nobody answers', async () => {
    const { carrier, clock, events, network } = virtualRig();
    carrier.start(events);
    await pass(clock, 10_000);
    assert.equal(network.peers[0]?.closing, 'dropped');
    await pass(clock, 250);
    network.peer.accept();
    await pass(clock, 10_000);
    assert.equal(network.peers[1]?.closing, 'dropped');
    assert.match(carrier.health().links[0]?.detail ?? '', /no answer to the bind/);
  });

  it('opens a transmitter and a receiver for separate binds, and submits over the transmitter', async () => {
    const { carrier, network, clock } = await bound({ bind: 'separate' });
    assert.deepEqual(
      carrier.health().links.map(({ link }) => link),
      ['lab#1-tx', 'lab#1-rx'],
    );
    const [tx, rx] = network.peers;
    assert.equal(carrier.capacity(), 10);
    void carrier.submit(outbound());
    await clock.advance(0);
    assert.equal(tx === undefined ? 0 : submits(tx).length, 1);
    assert.equal(rx === undefined ? 1 : submits(rx).length, 0);
  });

  it('answers unbind, closes, and comes back', async () => {
    const { network, clock, carrier } = await bound();
    network.peer.send({ command: 'unbind', status: 0, sequence: 9 });
    assert.equal(network.peers[0]?.closing, 'ended');
    assert.ok(network.peers[0]?.received.some((pdu) => pdu.command === 'unbind_resp' && pdu.sequence === 9));
    await pass(clock, 250);
    assert.equal(carrier.health().state, 'up');
  });

  it('unbinds on stop, after what is outstanding has been answered', async () => {
    const rig = await bound();
    const { carrier, network, clock } = rig;
    const reports = carrier.submit(outbound());
    await clock.advance(0);
    const stopped = carrier.stop(5000);
    await pass(clock, 100);
    assert.equal(carrier.capacity(), 0);
    assert.deepEqual(kinds(await carrier.submit(outbound())), ['unsent']);
    assert.ok(!network.peer.received.some(({ command }) => command === 'unbind'));
    const [submit] = submits(network.peer);
    if (submit !== undefined) accept(network.peer, submit);
    await clock.advance(0);
    await stopped;
    assert.deepEqual(kinds(await reports), ['accepted']);
    assert.ok(network.peer.received.some(({ command }) => command === 'unbind'));
    assert.equal(network.peer.closing, 'ended');
    assert.equal(clock.pending, 0, 'no timer is left');
  });

  it('stops in its time though the SMSC answers nothing any more', async () => {
    const { carrier, network, clock } = await bound();
    network.peer.answer = undefined;
    const reports = carrier.submit(outbound());
    const stopped = carrier.stop(3000);
    await pass(clock, 3000 + 2000);
    await stopped;
    assert.deepEqual(kinds(await reports), ['unanswered']);
    assert.equal(clock.pending, 0);
  });
});

describe('SMPP link: submits', () => {
  it('keeps within its window and writes a turn of submits at once', async () => {
    const { carrier, network, clock, events } = await bound({ window: 4 });
    const before = network.peer.writes;
    const all = Array.from({ length: 6 }, (_, index) => carrier.submit(outbound({ dst: `49170000000${index}` })));
    await clock.advance(0);
    assert.equal(submits(network.peer).length, 4);
    assert.equal(network.peer.writes, before + 1);
    assert.deepEqual(kinds(await (all[4] ?? [])), ['unsent']);
    const changes = events.changes;
    for (const submit of submits(network.peer)) accept(network.peer, submit);
    await clock.advance(0);
    assert.equal(events.changes, changes + 1, 'told once for what came in one turn');
    assert.equal(carrier.capacity(), 4);
    const [first] = await (all[0] ?? []);
    assert.deepEqual(first?.outcome, { kind: 'accepted', carrierMessageId: 'id-2' });
    assert.equal(first?.link, 'lab#1');
    assert.equal(first?.summary, 'submit_sm seq=2 dc=0 esm=0x00 5 octets -> ESME_ROK');
  });

  it('takes a message of more parts than places whole, in order, and nothing else meanwhile', async () => {
    const { carrier, network, clock } = await bound({ window: 2 });
    const reports = carrier.submit(outbound({ parts: ['one', 'two', 'three', 'four', 'five'], pendingParts: [0, 2, 3, 4] }));
    assert.equal(carrier.capacity(), 0);
    for (let round = 1; round <= 4; round++) {
      await clock.advance(0);
      const seen = submits(network.peer);
      assert.equal(seen.length, Math.min(4, round + 1));
      const submit = seen[round - 1];
      if (submit !== undefined) accept(network.peer, submit);
    }
    const all = await reports;
    assert.deepEqual(
      all.map(({ part }) => part),
      [0, 2, 3, 4],
    );
    assert.deepEqual(kinds(all), ['accepted', 'accepted', 'accepted', 'accepted']);
  });

  it('reports what was written and not answered as unanswered, what was not written as unsent', async () => {
    const { carrier, network, clock } = await bound({ window: 2 });
    const written = carrier.submit(outbound({ parts: ['a', 'b', 'c'] }));
    await clock.advance(0);
    network.peer.close();
    assert.deepEqual(kinds(await written), ['unanswered', 'unanswered', 'unsent']);
    await pass(clock, 250);
    const early = carrier.submit(outbound());
    network.peer.close();
    assert.deepEqual(kinds(await early), ['unsent'], 'the turn was not over: nothing had been written');
  });

  it('gives up waiting for an answer after the response timeout, and remakes a link that answers nothing', async () => {
    const { carrier, network, clock } = await bound({ window: 3, responseTimeoutMs: 30_000 });
    const first = carrier.submit(outbound());
    await pass(clock, 1000);
    const [one] = submits(network.peer);
    const second = carrier.submit(outbound());
    await pass(clock, 29_000);
    assert.deepEqual(kinds(await first), ['unanswered']);
    assert.equal(carrier.health().state, 'up');
    if (one !== undefined) accept(network.peer, one); // too late: noted, nothing more
    const third = carrier.submit(outbound());
    await pass(clock, 1000);
    assert.deepEqual(kinds(await second), ['unanswered']);
    await pass(clock, 29_000);
    assert.deepEqual(kinds(await third), ['unanswered']);
    assert.equal(network.peers[0]?.closing, 'dropped');
    await pass(clock, 500);
    assert.equal(carrier.health().state, 'up');
  });

  it('turns refusals into message error codes', async () => {
    const { carrier, network, clock } = await bound({ errorCodes: { ESME_RSUBMITFAIL: '30' } });
    const statuses = [0x0b, 0x45, 0x401];
    const all = statuses.map(() => carrier.submit(outbound()));
    await clock.advance(0);
    submits(network.peer).forEach((submit, index) => {
      accept(network.peer, submit, statuses[index]);
    });
    const outcomes = (await Promise.all(all)).map(([report]) => report?.outcome);
    assert.deepEqual(outcomes, [
      { kind: 'rejected', errorCode: '50', reason: 'ESME_RINVDSTADR' },
      { kind: 'rejected', errorCode: '30', reason: 'ESME_RSUBMITFAIL' },
      { kind: 'rejected', errorCode: '1000', reason: '0x00000401' },
    ]);
  });

  it('takes generic_nack as the answer to the submit it names', async () => {
    const { carrier, network, clock } = await bound();
    const reports = carrier.submit(outbound());
    await clock.advance(0);
    const sequence = submits(network.peer)[0]?.sequence ?? 0;
    network.peer.send({ command: 'generic_nack', status: Status.invalidCommandLength, sequence });
    assert.deepEqual(kinds(await reports), ['rejected']);
  });

  it('remakes the link when the SMSC regards it as unbound', async () => {
    const { carrier, network, clock } = await bound();
    const reports = carrier.submit(outbound());
    await clock.advance(0);
    for (const submit of submits(network.peer)) accept(network.peer, submit, Status.invalidBindStatus);
    assert.deepEqual(kinds(await reports), ['unsent']);
    assert.equal(network.peers[0]?.closing, 'dropped');
    await pass(clock, 250);
    assert.equal(carrier.health().state, 'up');
  });

  it('refuses addresses and texts that SMPP cannot carry, and sends the others', async () => {
    const { carrier, network, clock } = await bound();
    const outcomes = await Promise.all([
      carrier.submit(outbound({ src: 'Überlänge-des-Absenders' })),
      carrier.submit(outbound({ dst: '' })),
      carrier.submit(outbound({ text: 'not GSM: 你', parts: ['not GSM: 你'] })),
    ]);
    assert.deepEqual(
      outcomes.map(([report]) => report?.outcome.kind === 'rejected' && report.outcome.errorCode),
      ['40', '50', '10'],
    );
    assert.equal(carrier.capacity(), 10);
    void carrier.submit(outbound());
    await clock.advance(0);
    assert.equal(submits(network.peer).length, 1);
  });
});

describe('SMPP link: throttling', () => {
  it('pauses, doubles the pause while it goes on, probes with one, and opens again on success', async () => {
    const { carrier, network, clock, events } = await bound({ window: 3 });
    const round = async (status: number) => {
      const room = carrier.capacity();
      const from = submits(network.peer).length;
      const all = Array.from({ length: room }, () => carrier.submit(outbound()));
      await clock.advance(0);
      for (const submit of submits(network.peer).slice(from)) accept(network.peer, submit, status);
      return { room, outcomes: (await Promise.all(all)).map(([report]) => report?.outcome) };
    };
    const first = await round(Status.throttled);
    assert.equal(first.room, 3);
    assert.deepEqual(first.outcomes[0], { kind: 'throttled', retryAfterMs: 250, reason: 'ESME_RTHROTTLED' });
    assert.deepEqual(first.outcomes[2], { kind: 'throttled', retryAfterMs: 250, reason: 'ESME_RTHROTTLED' });
    assert.equal(carrier.capacity(), 0);
    assert.equal(carrier.health().state, 'up');
    assert.match(carrier.health().links[0]?.detail ?? '', /throttled/);
    const changes = events.changes;
    await pass(clock, 250);
    assert.ok(events.changes > changes, 'the end of the pause is told');
    const second = await round(Status.queueFull);
    assert.equal(second.room, 1);
    assert.deepEqual(second.outcomes, [{ kind: 'throttled', retryAfterMs: 500, reason: 'ESME_RMSGQFUL' }]);
    await pass(clock, 500);
    const third = await round(Status.ok);
    assert.equal(third.room, 1);
    assert.equal(carrier.capacity(), 3);
    assert.deepEqual((await round(Status.throttled)).outcomes[0], {
      kind: 'throttled',
      retryAfterMs: 250,
      reason: 'ESME_RTHROTTLED',
    });
  });

  it('gives back the parts that wait when the SMSC throttles', async () => {
    const { carrier, network, clock } = await bound({ window: 1 });
    const reports = carrier.submit(outbound({ parts: ['a', 'b', 'c'] }));
    await clock.advance(0);
    for (const submit of submits(network.peer)) accept(network.peer, submit, Status.throttled);
    assert.deepEqual(kinds(await reports), ['throttled', 'throttled', 'throttled']);
    await pass(clock, 1000);
    assert.equal(submits(network.peer).length, 1);
  });

  it('keeps its own throughput, long messages counted by parts', async () => {
    const { carrier, network, clock, events } = await bound({ window: 100, throughput: 10 });
    const run = () => {
      while (carrier.capacity() > 0) void carrier.submit(outbound());
    };
    network.peer.answer = (pdu) => {
      if (pdu.command === 'submit_sm') accept(network.peer, pdu);
    };
    events.onChanged = run;
    run();
    await pass(clock, 2000);
    const count = submits(network.peer).length;
    assert.ok(count >= 20 && count <= 22, `${count} in 2 s at 10 a second`);
    events.onChanged = () => undefined;
    await pass(clock, 1000);
    void carrier.submit(outbound({ parts: ['a', 'b', 'c', 'd', 'e', 'f'] }));
    await pass(clock, 400);
    assert.equal(carrier.capacity(), 0, 'five of six parts are still to be earned');
    await pass(clock, 200);
    assert.ok(carrier.capacity() > 0);
  });
});

describe('SMPP link: the line', () => {
  it('asks by enquire_link and remakes a line that stays silent', async () => {
    const { network, clock, carrier } = await bound({ enquireLinkIntervalMs: 30_000, enquireLinkTimeoutMs: 10_000 });
    await pass(clock, 30_000);
    const asked = network.peer.received.find(({ command }) => command === 'enquire_link');
    network.peer.send({ command: 'enquire_link_resp', status: 0, sequence: asked?.sequence ?? 0 });
    await pass(clock, 10_000);
    assert.equal(network.peers[0]?.closing, undefined);
    await pass(clock, 40_000);
    assert.equal(network.peers[0]?.closing, 'dropped');
    await pass(clock, 250);
    assert.equal(carrier.health().state, 'up');
  });

  it('answers enquire_link', async () => {
    const { network, clock } = await bound();
    network.peer.send({ command: 'enquire_link', status: 0, sequence: 77 });
    await clock.advance(0);
    assert.deepEqual(network.peer.received.at(-1), { command: 'enquire_link_resp', status: 0, sequence: 77 });
  });

  it('answers bad PDUs one by one and stays bound', async () => {
    const { network, clock, carrier, events } = await bound();
    const header = (id: number, sequence: number, body = Buffer.alloc(0)) => {
      const octets = Buffer.concat([Buffer.alloc(16), body]);
      octets.writeUInt32BE(octets.length, 0);
      octets.writeUInt32BE(id, 4);
      octets.writeUInt32BE(sequence, 12);
      return octets;
    };
    network.peer.sendOctets(header(0x00000777, 50)); // no such command
    network.peer.sendOctets(header(0x80000777, 51)); // no such response: not answered
    network.peer.sendOctets(header(0x00000005, 52, Buffer.from('00010131', 'hex'))); // cut-off deliver_sm
    network.peer.sendOctets(header(0x00000005, 53, Buffer.concat([Buffer.alloc(17), Buffer.from('0424ffff', 'hex')])));
    network.peer.sendOctets(header(0x00000003, 54)); // query_sm
    network.peer.send({ command: 'submit_sm', status: 0, sequence: 55, body: deliverBody({}) });
    network.peer.send({ command: 'outbind', status: 0, sequence: 56, body: { systemId: 'a', password: 'b' } });
    const alert = { sourceTon: 1, sourceNpi: 1, source: '1', esmeTon: 1, esmeNpi: 1, esme: '2', tlvs: [] };
    network.peer.send({ command: 'alert_notification', status: 0, sequence: 57, body: alert });
    network.peer.send(deliver(58));
    await pass(clock, 0);
    const answers = network.peer.received.slice(1).map((pdu) => [pdu.command, pdu.status, pdu.sequence]);
    assert.deepEqual(answers, [
      ['generic_nack', Status.invalidCommandId, 50],
      ['deliver_sm_resp', Status.invalidCommandLength, 52],
      ['deliver_sm_resp', Status.invalidOptionalStream, 53],
      ['generic_nack', Status.invalidCommandId, 54],
      ['generic_nack', Status.invalidCommandId, 55],
      ['deliver_sm_resp', Status.ok, 58],
    ]);
    assert.equal(events.inbounds.length, 1);
    assert.equal(carrier.health().state, 'up');
  });

  it('remakes a line whose framing is lost, and backs off while that goes on', async () => {
    const { network, clock, carrier } = await bound();
    network.peer.sendOctets(Buffer.alloc(64, 0xff));
    assert.equal(network.peers[0]?.closing, 'dropped');
    assert.match(carrier.health().links[0]?.detail ?? '', /command_length 4294967295/);
    await pass(clock, 250);
    assert.equal(carrier.health().state, 'up');
    network.peer.sendOctets(Buffer.alloc(64));
    await pass(clock, 250);
    assert.equal(network.peers.length, 2);
    await pass(clock, 250);
    assert.equal(network.peers.length, 3);
  });
});

describe('SMPP link: deliveries', () => {
  it('answers after the message is stored, and asks for repetition when it could not be', async () => {
    const { network, clock, events } = await bound();
    let store = () => {};
    events.storing = () => new Promise((resolve) => (store = resolve));
    network.peer.send(deliver(5));
    await pass(clock, 1000);
    assert.equal(network.peer.received.length, 1);
    store();
    await pass(clock, 0);
    assert.deepEqual(network.peer.received.at(-1)?.status, Status.ok);
    events.storing = () => Promise.reject(new Error('storage is away'));
    network.peer.send(deliver(6));
    await pass(clock, 0);
    const last = network.peer.received.at(-1);
    assert.deepEqual([last?.command, last?.status, last?.sequence], ['deliver_sm_resp', Status.temporaryAppError, 6]);
  });

  it('stops reading when enough is being stored, and waits no longer than it should for each', async () => {
    const { network, clock, events } = await bound({ inboundLimit: 3, inboundTimeoutMs: 20_000 });
    const storing: (() => void)[] = [];
    events.storing = () => new Promise((resolve) => storing.push(resolve));
    const { peer } = network;
    peer.send(...Array.from({ length: 8 }, (_, index) => deliver(index + 10)));
    await clock.advance(0);
    assert.equal(events.inbounds.length, 3);
    assert.equal(peer.paused, true);
    storing[1]?.();
    await clock.advance(0);
    assert.equal(events.inbounds.length, 4);
    assert.equal(peer.paused, true);
    await pass(clock, 20_000);
    const refused = peer.received.filter(({ status }) => status === Status.temporaryAppError);
    assert.deepEqual(
      refused.map(({ sequence }) => sequence),
      [10, 12, 13],
    );
    assert.equal(events.inbounds.length, 7);
    events.storing = async () => undefined;
    for (const resolve of storing) resolve();
    await pass(clock, 0);
    assert.equal(peer.paused, false);
    assert.equal(events.inbounds.length, 8);
    assert.equal(peer.received.filter(({ command }) => command === 'deliver_sm_resp').length, 8, 'each is answered once');
  });

  it('does not count answers as missing while it is not reading itself', async () => {
    const { network, clock, carrier, events } = await bound({
      inboundLimit: 1,
      responseTimeoutMs: 5000,
      inboundTimeoutMs: 60_000,
    });
    let store = () => {};
    events.storing = () => new Promise((resolve) => (store = resolve));
    const reports = carrier.submit(outbound());
    await clock.advance(0);
    network.peer.send(deliver(5));
    for (const submit of submits(network.peer)) accept(network.peer, submit);
    await pass(clock, 30_000);
    store();
    await clock.advance(0);
    assert.deepEqual(kinds(await reports), ['accepted']);
  });

  it('does not answer over a later connection', async () => {
    const { network, clock, events } = await bound();
    let store = () => {};
    events.storing = () => new Promise((resolve) => (store = resolve));
    network.peer.send({ ...deliver(5), command: 'deliver_sm', body: receiptBody({ messageId: '1' }) });
    await clock.advance(0);
    assert.equal(events.receipts.length, 1);
    network.peer.close();
    await pass(clock, 250);
    store();
    await clock.advance(0);
    assert.ok(!network.peer.received.some(({ command }) => command === 'deliver_sm_resp'));
  });
});
