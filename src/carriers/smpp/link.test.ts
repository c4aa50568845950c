import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  answerSubmit,
  bindAll,
  boundRig,
  outbound,
  outcomeKinds,
  passTime,
  submitsAt,
  virtualRig,
} from '../../../testkit/smpp-rig.ts';
import { deliverBody, receiptBody } from '../../../testkit/smsc-receipts.ts';
import type { Pdu } from './pdu.ts';
import { Status } from './statuses.ts';

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
    await passTime(clock, 1000);
    assert.equal(carrier.health().state, 'failed');
    assert.match(carrier.health().links[0]?.detail ?? '', /ESME_RINVPASWD/);
    await passTime(clock, 50_000);
    assert.equal(network.peers.length, 1);
    status = Status.ok;
    await passTime(clock, 10_000);
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
    await passTime(clock, 30_000);
    assert.equal(carrier.health().state, 'up');
    await passTime(clock, 5000);
    const count = network.peers.length;
    network.peer.close();
    await passTime(clock, 250);
    assert.equal(network.peers.length, count + 1);
  });

  it('gives up on a connection or bind that nobody answers', async () => {
    const { carrier, clock, events, network } = virtualRig();
    carrier.start(events);
    await passTime(clock, 10_000);
    assert.equal(network.peers[0]?.closing, 'dropped');
    await passTime(clock, 250);
    network.peer.accept();
    await passTime(clock, 10_000);
    assert.equal(network.peers[1]?.closing, 'dropped');
    assert.match(carrier.health().links[0]?.detail ?? '', /no answer to the bind/);
  });

  it('opens a transmitter and a receiver for separate binds, and submits over the transmitter', async () => {
    const { carrier, network, clock } = await boundRig({ bind: 'separate' });
    assert.deepEqual(
      carrier.health().links.map(({ link }) => link),
      ['lab#1-tx', 'lab#1-rx'],
    );
    const [tx, rx] = network.peers;
    assert.equal(carrier.capacity(), 10);
    void carrier.submit(outbound());
    await clock.advance(0);
    assert.equal(tx === undefined ? 0 : submitsAt(tx).length, 1);
    assert.equal(rx === undefined ? 1 : submitsAt(rx).length, 0);
  });

  it('answers unbind, closes, and comes back', async () => {
    const { network, clock, carrier } = await boundRig();
    network.peer.send({ command: 'unbind', status: 0, sequence: 9 });
    assert.equal(network.peers[0]?.closing, 'ended');
    assert.ok(network.peers[0]?.received.some((pdu) => pdu.command === 'unbind_resp' && pdu.sequence === 9));
    await passTime(clock, 250);
    assert.equal(carrier.health().state, 'up');
  });

  it('unbinds on stop, after what is outstanding has been answered', async () => {
    const rig = await boundRig();
    const { carrier, network, clock } = rig;
    const reports = carrier.submit(outbound());
    await clock.advance(0);
    const stopped = carrier.stop(5000);
    await passTime(clock, 100);
    assert.equal(carrier.capacity(), 0);
    assert.deepEqual(outcomeKinds(await carrier.submit(outbound())), ['unsent']);
    assert.ok(!network.peer.received.some(({ command }) => command === 'unbind'));
    const [submit] = submitsAt(network.peer);
    if (submit !== undefined) answerSubmit(network.peer, submit);
    await clock.advance(0);
    await stopped;
    assert.deepEqual(outcomeKinds(await reports), ['accepted']);
    assert.ok(network.peer.received.some(({ command }) => command === 'unbind'));
    assert.equal(network.peer.closing, 'ended');
    assert.equal(clock.pending, 0, 'no timer is left');
  });

  it('stops in its time though the SMSC answers nothing any more', async () => {
    const { carrier, network, clock } = await boundRig();
    network.peer.answer = undefined;
    const reports = carrier.submit(outbound());
    const stopped = carrier.stop(3000);
    await passTime(clock, 3000 + 2000);
    await stopped;
    assert.deepEqual(outcomeKinds(await reports), ['unanswered']);
    assert.equal(clock.pending, 0);
  });
});

describe('SMPP link: the line', () => {
  it('asks by enquire_link and remakes a line that stays silent', async () => {
    const { network, clock, carrier } = await boundRig({ enquireLinkIntervalMs: 30_000, enquireLinkTimeoutMs: 10_000 });
    await passTime(clock, 30_000);
    const asked = network.peer.received.find(({ command }) => command === 'enquire_link');
    network.peer.send({ command: 'enquire_link_resp', status: 0, sequence: asked?.sequence ?? 0 });
    await passTime(clock, 10_000);
    assert.equal(network.peers[0]?.closing, undefined);
    await passTime(clock, 40_000);
    assert.equal(network.peers[0]?.closing, 'dropped');
    await passTime(clock, 250);
    assert.equal(carrier.health().state, 'up');
  });

  it('answers enquire_link', async () => {
    const { network, clock } = await boundRig();
    network.peer.send({ command: 'enquire_link', status: 0, sequence: 77 });
    await clock.advance(0);
    assert.deepEqual(network.peer.received.at(-1), { command: 'enquire_link_resp', status: 0, sequence: 77 });
  });

  it('answers bad PDUs one by one and stays bound', async () => {
    const { network, clock, carrier, events } = await boundRig();
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
    await passTime(clock, 0);
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
    const { network, clock, carrier } = await boundRig();
    network.peer.sendOctets(Buffer.alloc(64, 0xff));
    assert.equal(network.peers[0]?.closing, 'dropped');
    assert.match(carrier.health().links[0]?.detail ?? '', /command_length 4294967295/);
    await passTime(clock, 250);
    assert.equal(carrier.health().state, 'up');
    network.peer.sendOctets(Buffer.alloc(64));
    await passTime(clock, 250);
    assert.equal(network.peers.length, 2);
    await passTime(clock, 250);
    assert.equal(network.peers.length, 3);
  });
});

describe('SMPP link: deliveries', () => {
  it('answers after the message is stored, and asks for repetition when it could not be', async () => {
    const { network, clock, events } = await boundRig();
    let store = () => {};
    events.storing = () => new Promise((resolve) => (store = resolve));
    network.peer.send(deliver(5));
    await passTime(clock, 1000);
    assert.equal(network.peer.received.length, 1);
    store();
    await passTime(clock, 0);
    assert.deepEqual(network.peer.received.at(-1)?.status, Status.ok);
    events.storing = () => Promise.reject(new Error('storage is away'));
    network.peer.send(deliver(6));
    await passTime(clock, 0);
    const last = network.peer.received.at(-1);
    assert.deepEqual([last?.command, last?.status, last?.sequence], ['deliver_sm_resp', Status.temporaryAppError, 6]);
  });

  it('stops reading when enough is being stored, and waits no longer than it should for each', async () => {
    const { network, clock, events } = await boundRig({ inboundLimit: 3, inboundTimeoutMs: 20_000 });
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
    await passTime(clock, 20_000);
    const refused = peer.received.filter(({ status }) => status === Status.temporaryAppError);
    assert.deepEqual(
      refused.map(({ sequence }) => sequence),
      [10, 12, 13],
    );
    assert.equal(events.inbounds.length, 7);
    events.storing = async () => undefined;
    for (const resolve of storing) resolve();
    await passTime(clock, 0);
    assert.equal(peer.paused, false);
    assert.equal(events.inbounds.length, 8);
    assert.equal(peer.received.filter(({ command }) => command === 'deliver_sm_resp').length, 8, 'each is answered once');
  });

  it('does not count answers as missing while it is not reading itself', async () => {
    const { network, clock, carrier, events } = await boundRig({
      inboundLimit: 1,
      responseTimeoutMs: 5000,
      inboundTimeoutMs: 60_000,
    });
    let store = () => {};
    events.storing = () => new Promise((resolve) => (store = resolve));
    const reports = carrier.submit(outbound());
    await clock.advance(0);
    network.peer.send(deliver(5));
    for (const submit of submitsAt(network.peer)) answerSubmit(network.peer, submit);
    await passTime(clock, 30_000);
    store();
    await clock.advance(0);
    assert.deepEqual(outcomeKinds(await reports), ['accepted']);
  });

  it('does not answer over a later connection', async () => {
    const { network, clock, events } = await boundRig();
    let store = () => {};
    events.storing = () => new Promise((resolve) => (store = resolve));
    network.peer.send({ ...deliver(5), command: 'deliver_sm', body: receiptBody({ messageId: '1' }) });
    await clock.advance(0);
    assert.equal(events.receipts.length, 1);
    network.peer.close();
    await passTime(clock, 250);
    store();
    await clock.advance(0);
    assert.ok(!network.peer.received.some(({ command }) => command === 'deliver_sm_resp'));
  });
});
