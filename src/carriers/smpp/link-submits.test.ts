import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerSubmit, boundRig, outbound, outcomeKinds, passTime, submitsAt } from '../../../testkit/smpp-rig.ts';
import { Status } from './statuses.ts';

describe('SMPP link: submits', () => {
  it('keeps within its window and writes a turn of submits at once', async () => {
    const { carrier, network, clock, events } = await boundRig({ window: 4 });
    const before = network.peer.writes;
    const all = Array.from({ length: 6 }, (_, index) => carrier.submit(outbound({ dst: `49170000000${index}` })));
    await clock.advance(0);
    assert.equal(submitsAt(network.peer).length, 4);
    assert.equal(network.peer.writes, before + 1);
    assert.deepEqual(outcomeKinds(await (all[4] ?? [])), ['unsent']);
    const changes = events.changes;
    for (const submit of submitsAt(network.peer)) answerSubmit(network.peer, submit);
    await clock.advance(0);
    assert.equal(events.changes, changes + 1, 'told once for what came in one turn');
    assert.equal(carrier.capacity(), 4);
    const [first] = await (all[0] ?? []);
    assert.deepEqual(first?.outcome, { kind: 'accepted', carrierMessageId: 'id-2' });
    assert.equal(first?.link, 'lab#1');
    assert.equal(first?.summary, 'submit_sm seq=2 dc=0 esm=0x00 5 octets -> ESME_ROK');
  });

  it('takes a message of more parts than places whole, in order, and nothing else meanwhile', async () => {
    const { carrier, network, clock } = await boundRig({ window: 2 });
    const reports = carrier.submit(outbound({ parts: ['one', 'two', 'three', 'four', 'five'], pendingParts: [0, 2, 3, 4] }));
    assert.equal(carrier.capacity(), 0);
    for (let round = 1; round <= 4; round++) {
      await clock.advance(0);
      const seen = submitsAt(network.peer);
      assert.equal(seen.length, Math.min(4, round + 1));
      const submit = seen[round - 1];
      if (submit !== undefined) answerSubmit(network.peer, submit);
    }
    const all = await reports;
    assert.deepEqual(
      all.map(({ part }) => part),
      [0, 2, 3, 4],
    );
    assert.deepEqual(outcomeKinds(all), ['accepted', 'accepted', 'accepted', 'accepted']);
  });

  it('reports what was written and not answered as unanswered, what was not written as unsent', async () => {
    const { carrier, network, clock } = await boundRig({ window: 2 });
    const written = carrier.submit(outbound({ parts: ['a', 'b', 'c'] }));
    await clock.advance(0);
    network.peer.close();
    assert.deepEqual(outcomeKinds(await written), ['unanswered', 'unanswered', 'unsent']);
    await passTime(clock, 250);
    const early = carrier.submit(outbound());
    network.peer.close();
    assert.deepEqual(outcomeKinds(await early), ['unsent'], 'the turn was not over: nothing had been written');
  });

  it('gives up waiting for an answer after the response timeout, and remakes a link that answers nothing', async () => {
    const { carrier, network, clock } = await boundRig({ window: 3, responseTimeoutMs: 30_000 });
    const first = carrier.submit(outbound());
    await passTime(clock, 1000);
    const [one] = submitsAt(network.peer);
    const second = carrier.submit(outbound());
    await passTime(clock, 29_000);
    assert.deepEqual(outcomeKinds(await first), ['unanswered']);
    assert.equal(carrier.health().state, 'up');
    if (one !== undefined) answerSubmit(network.peer, one); // too late: noted, nothing more
    const third = carrier.submit(outbound());
    await passTime(clock, 1000);
    assert.deepEqual(outcomeKinds(await second), ['unanswered']);
    await passTime(clock, 29_000);
    assert.deepEqual(outcomeKinds(await third), ['unanswered']);
    assert.equal(network.peers[0]?.closing, 'dropped');
    await passTime(clock, 500);
    assert.equal(carrier.health().state, 'up');
  });

  it('turns refusals into message error codes', async () => {
    const { carrier, network, clock } = await boundRig({ errorCodes: { ESME_RSUBMITFAIL: '30' } });
    const statuses = [0x0b, 0x45, 0x401];
    const all = statuses.map(() => carrier.submit(outbound()));
    await clock.advance(0);
    submitsAt(network.peer).forEach((submit, index) => {
      answerSubmit(network.peer, submit, statuses[index]);
    });
    const outcomes = (await Promise.all(all)).map(([report]) => report?.outcome);
    assert.deepEqual(outcomes, [
      { kind: 'rejected', errorCode: '50', reason: 'ESME_RINVDSTADR' },
      { kind: 'rejected', errorCode: '30', reason: 'ESME_RSUBMITFAIL' },
      { kind: 'rejected', errorCode: '1000', reason: '0x00000401' },
    ]);
  });

  it('takes generic_nack as the answer to the submit it names', async () => {
    const { carrier, network, clock } = await boundRig();
    const reports = carrier.submit(outbound());
    await clock.advance(0);
    const sequence = submitsAt(network.peer)[0]?.sequence ?? 0;
    network.peer.send({ command: 'generic_nack', status: Status.invalidCommandLength, sequence });
    assert.deepEqual(outcomeKinds(await reports), ['rejected']);
  });

  it('remakes the link when the SMSC regards it as unbound', async () => {
    const { carrier, network, clock } = await boundRig();
    const reports = carrier.submit(outbound());
    await clock.advance(0);
    for (const submit of submitsAt(network.peer)) answerSubmit(network.peer, submit, Status.invalidBindStatus);
    assert.deepEqual(outcomeKinds(await reports), ['unsent']);
    assert.equal(network.peers[0]?.closing, 'dropped');
    await passTime(clock, 250);
    assert.equal(carrier.health().state, 'up');
  });

  it('refuses addresses and texts that SMPP cannot carry, and sends the others', async () => {
    const { carrier, network, clock } = await boundRig();
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
    assert.equal(submitsAt(network.peer).length, 1);
  });
});

describe('SMPP link: throttling', () => {
  it('pauses, doubles the pause while it goes on, probes with one, and opens again on success', async () => {
    const { carrier, network, clock, events } = await boundRig({ window: 3 });
    const round = async (status: number) => {
      const room = carrier.capacity();
      const from = submitsAt(network.peer).length;
      const all = Array.from({ length: room }, () => carrier.submit(outbound()));
      await clock.advance(0);
      for (const submit of submitsAt(network.peer).slice(from)) answerSubmit(network.peer, submit, status);
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
    await passTime(clock, 250);
    assert.ok(events.changes > changes, 'the end of the pause is told');
    const second = await round(Status.queueFull);
    assert.equal(second.room, 1);
    assert.deepEqual(second.outcomes, [{ kind: 'throttled', retryAfterMs: 500, reason: 'ESME_RMSGQFUL' }]);
    await passTime(clock, 500);
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
    const { carrier, network, clock } = await boundRig({ window: 1 });
    const reports = carrier.submit(outbound({ parts: ['a', 'b', 'c'] }));
    await clock.advance(0);
    for (const submit of submitsAt(network.peer)) answerSubmit(network.peer, submit, Status.throttled);
    assert.deepEqual(outcomeKinds(await reports), ['throttled', 'throttled', 'throttled']);
    await passTime(clock, 1000);
    assert.equal(submitsAt(network.peer).length, 1);
  });

  it('keeps its own throughput, long messages counted by parts', async () => {
    const { carrier, network, clock, events } = await boundRig({ window: 100, throughput: 10 });
    const run = () => {
      while (carrier.capacity() > 0) void carrier.submit(outbound());
    };
    network.peer.answer = (pdu) => {
      if (pdu.command === 'submit_sm') answerSubmit(network.peer, pdu);
    };
    events.onChanged = run;
    run();
    await passTime(clock, 2000);
    const count = submitsAt(network.peer).length;
    assert.ok(count >= 20 && count <= 22, `${count} in 2 s at 10 a second`);
    events.onChanged = () => undefined;
    await passTime(clock, 1000);
    void carrier.submit(outbound({ parts: ['a', 'b', 'c', 'd', 'e', 'f'] }));
    await passTime(clock, 400);
    assert.equal(carrier.capacity(), 0, 'five of six parts are still to be earned');
    await passTime(clock, 200);
    assert.ok(carrier.capacity() > 0);
  });
});
