import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, list, operator, record } from './api.ts';
import { byId, settle } from './ledger.ts';
import { Load } from './load.ts';
import { Postgres } from './postgres.ts';
import { AUTH_ID, type RingdownProcess, startServer, unlimitedAccount } from './server.ts';
import { Smsc, status } from './smsc.ts';
import { eventually } from './wait.ts';

const SRC = '14155550100';
const ROUNDS = Number(process.env.ACCEPTANCE_KILL_ROUNDS ?? 20);

const smppConfig = (smsc: Smsc) => ({
  accounts: [unlimitedAccount],
  carriers: [{ name: 'lab-smsc', kind: 'smpp', url: smsc.url, bind: 'transceiver', throughput: 0, window: 20, binds: 2 }],
  numbers: [{ number: SRC, account: AUTH_ID, carrier: 'lab-smsc', country: 'US', type: 'local' }],
  routes: [{ service: 'sms', prefix: '', carriers: ['lab-smsc'] }],
});

/** Waits until no message is in a state it should have left; a message that stays is shown with its timeline. */
async function none(server: RingdownProcess, ...states: string[]): Promise<void> {
  for (const state of states) {
    let left: string[] = [];
    await eventually(
      `end of all messages in state ${state}`,
      async () => {
        const objects = list((await call(server, `Message/?message_state=${state}`)).json.objects);
        left = objects.map((object) => String(record(object).message_uuid));
        return left.length === 0 ? true : undefined;
      },
      60_000,
    ).catch(async (error: unknown) => {
      const timeline = await operator(server, `timeline/${left[0]}`);
      throw new Error(`${String(error)}: ${left.length} left, such as ${timeline.text}`);
    });
  }
}

describe('kill -9 under load', () => {
  it(`loses nothing that was answered 202 in ${ROUNDS} rounds, and every duplicate has its unanswered submit in the timeline`, async (t) => {
    const smsc = await Smsc.start();
    const receipts: Promise<boolean>[] = [];
    // Answers take a moment, so that submits are in flight whenever the server dies; a receipt follows some time later.
    smsc.reaction = (submit) => {
      const afterMs = Math.random() * 15;
      if (submit.registeredDelivery !== 0) {
        receipts.push(
          sleep(afterMs + 20 + Math.random() * 400).then(async () => {
            // After a stall of this process its timers may come in another order: the answer first, then the receipt.
            while (submit.answered === undefined && submit.link.endedAt === undefined) await sleep(5);
            return submit.messageId === undefined ? true : await smsc.receipt(submit);
          }),
        );
      }
      return { afterMs };
    };
    await using server = await startServer({ name: 'kill', config: smppConfig(smsc) });
    const load = new Load(server, { clients: 8, src: SRC });
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        await sleep(200 + Math.random() * 1300);
        if (round % 4 === 0) await server.crash();
        else await server.kill();
        await server.start();
        t.diagnostic(`round ${round}: ready again after ${Math.round(server.readyAfterMs)} ms, ${load.accepted.length} accepted`);
      }
      await sleep(500);
      await load.stop();
      assert.ok(load.accepted.length > ROUNDS * 20, `only ${load.accepted.length} messages were accepted at all`);
      const ledger = await settle(server, smsc, load.accepted, { timeoutMs: 120_000 });
      t.diagnostic(JSON.stringify({ ...ledger, broken: load.broken, refused: Object.fromEntries(load.refused) }));
      assert.ok((await Promise.all(receipts)).every(Boolean), 'every receipt was acknowledged');
      await none(server, 'queued', 'sent', 'failed');
    } finally {
      await load.stop();
      await smsc.close();
    }
  });
});

describe('a misbehaving SMSC', () => {
  let smsc: Smsc;
  let server: RingdownProcess;
  before(async () => {
    smsc = await Smsc.start();
    server = await startServer({ name: 'smsc-faults', config: smppConfig(smsc) });
  });
  after(async () => {
    await server?.dispose();
    await smsc?.close();
  });
  beforeEach(async () => {
    smsc.reaction = () => ({});
    smsc.submits.length = 0;
    await eventually('bind', () => (smsc.bound.length > 0 ? true : undefined), 30_000);
  });

  const under = async (seconds: number, during: () => Promise<void>) => {
    const load = new Load(server, { clients: 4, src: SRC });
    const began = performance.now();
    try {
      await during();
      await sleep(Math.max(0, seconds * 1000 - (performance.now() - began)));
    } finally {
      await load.stop();
    }
    assert.deepEqual([load.broken, [...load.refused]], [0, []], 'the API takes messages all the while');
    assert.ok(load.accepted.length > 20);
    return load.accepted;
  };

  it('that drops its links again and again gets every message', async (t) => {
    const accepted = await under(4, async () => {
      smsc.reaction = () => ({ afterMs: 5 });
      for (let cut = 0; cut < 6; cut++) {
        await sleep(500);
        smsc.cutLinks();
      }
    });
    t.diagnostic(JSON.stringify(await settle(server, smsc, accepted)));
  });

  it('that cuts the link instead of answering gets the message again, and the timeline tells why', async (t) => {
    const accepted = await under(2, async () => {
      smsc.reaction = (_, count) => (count % 40 === 0 ? 'cut' : { afterMs: 2 });
      await sleep(1500);
      smsc.reaction = () => ({});
    });
    const ledger = await settle(server, smsc, accepted);
    assert.ok(ledger.duplicated > 0);
    t.diagnostic(JSON.stringify(ledger));
  });

  it('that throttles or has a full queue gets every message once, and none fails', async () => {
    const accepted = await under(3, async () => {
      smsc.reaction = (_, count) => ({ status: count % 2 === 0 ? status.throttled : status.queueFull });
      await sleep(1500);
      smsc.reaction = () => ({});
    });
    const ledger = await settle(server, smsc, accepted);
    assert.equal(ledger.duplicated, 0);
    const times = [...byId(smsc).values()].map((submits) => submits.filter((submit) => submit.answered === 0).length);
    assert.ok(times.every((count) => count === 1));
  });

  it('that is throttling is not hammered', async () => {
    smsc.reaction = () => ({ status: status.throttled });
    const load = new Load(server, { clients: 4, src: SRC });
    await sleep(500);
    const before = smsc.submits.length;
    await sleep(3000);
    const perSecond = (smsc.submits.length - before) / 3;
    smsc.reaction = () => ({});
    await load.stop();
    assert.ok(perSecond < 100, `${perSecond} submits a second into a throttling SMSC`);
    await settle(server, smsc, load.accepted);
  });

  it('that stalls for some seconds and then answers gets every message', async (t) => {
    const accepted = await under(5, async () => {
      smsc.reaction = () => ({ afterMs: 3000 });
      await sleep(3000);
      smsc.reaction = () => ({});
    });
    t.diagnostic(JSON.stringify(await settle(server, smsc, accepted)));
  });

  it('that never answers some submits costs only those messages their time', async (t) => {
    const silent = new Set<string>();
    const accepted = await under(2, async () => {
      smsc.reaction = (submit) => {
        const id = submit.body.toString('latin1');
        if (silent.size < 3 && !silent.has(id)) {
          silent.add(id);
          return 'silent';
        }
        return {};
      };
    });
    const others = accepted.filter(({ id }) => !silent.has(id));
    await settle(server, smsc, others, { timeoutMs: 15_000 });
    t.diagnostic(JSON.stringify(await settle(server, smsc, accepted, { timeoutMs: 120_000 })));
  });

  it('that sends bad PDUs in good frames keeps its binds', async () => {
    const links = smsc.bound;
    const bad = [
      '00000010000000ff00000000000003e8', // an unknown command
      '00000010800000ff00000000000003e9', // the answer to an unknown command
      '00000010000000050000000000000001', // deliver_sm without a body
      '0000001480000004000000000000ffff41414100', // the answer to a submit that was never made
      '00000030000000050000000000000002ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', // deliver_sm of nonsense
      '00000011000000150000000000000003ff', // enquire_link with a body
      '0000001080000000000000030000ffff', // generic_nack for nothing
    ];
    const accepted = await under(2, async () => {
      for (const hex of bad) smsc.inject(Buffer.from(hex, 'hex'));
      await sleep(500);
    });
    await settle(server, smsc, accepted);
    assert.deepEqual(
      links.map((link) => link.endedAt),
      links.map(() => undefined),
      'the links live on',
    );
    const nacked = links.every((link) => link.received.some(({ command }) => command === 0x80000000));
    assert.ok(nacked, 'an unknown command is answered with generic_nack');
    const undecodable = links.every((link) =>
      link.received.some(({ command, status: code }) => command === 0x80000005 && code !== 0),
    );
    assert.ok(undecodable, 'an undecodable deliver_sm is answered with an error');
  });

  it('that sends noise or impossible lengths loses the link, which comes back', async () => {
    const accepted = await under(6, async () => {
      for (const noise of [
        Buffer.from('ffffffff00000005', 'hex'),
        Buffer.from('00000003', 'hex'),
        Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
      ]) {
        smsc.inject(noise);
        await sleep(1000);
      }
    });
    await settle(server, smsc, accepted);
    await eventually('bind after noise', () => (smsc.bound.length > 0 ? true : undefined), 30_000);
    assert.equal((await call(server, '')).status, 200);
  });

  it('that is gone and returns is found again, and the queue drains', async () => {
    const { port } = smsc;
    await smsc.close();
    const load = new Load(server, { clients: 4, src: SRC });
    await sleep(2000);
    await load.stop();
    assert.deepEqual([load.broken, [...load.refused]], [0, []]);
    const back = await Smsc.start(port);
    try {
      await settle(server, back, load.accepted);
    } finally {
      await back.close();
    }
    smsc = await Smsc.start(port);
  });
});

describe('PostgreSQL restarts under load', () => {
  it('and everything answered 202 still arrives', async (t) => {
    const postgres = await Postgres.create();
    const smsc = await Smsc.start();
    smsc.reaction = () => ({ afterMs: 3 });
    try {
      await using server = await startServer({
        name: 'postgres-restart',
        config: smppConfig(smsc),
        env: { DATABASE_URL: postgres.url },
      });
      const load = new Load(server, { clients: 8, src: SRC, retryMs: 100 });
      try {
        for (const signal of ['SIGINT', 'SIGQUIT', 'SIGINT'] as const) {
          await sleep(1500);
          await postgres.stop(signal);
          await sleep(700);
          const during = await call(server, 'Message/', {
            body: { src: SRC, dst: '447400999999', text: 'while it is away' },
          }).catch(() => undefined);
          if (during !== undefined && during.status >= 400) {
            assert.equal(during.status, 503, during.text);
            assert.equal(during.json.error_code, 'unavailable');
          }
          await postgres.start();
        }
        await sleep(1500);
      } finally {
        await load.stop();
      }
      assert.ok(
        [...load.refused.keys()].every((code) => code === 503),
        JSON.stringify([...load.lastRefusal]),
      );
      assert.ok(load.accepted.length > 100, `${load.accepted.length} accepted`);
      t.diagnostic(JSON.stringify({ ...(await settle(server, smsc, load.accepted)), refused: Object.fromEntries(load.refused) }));
      assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
    } finally {
      await smsc.close();
      await postgres.dispose();
    }
  });
});
