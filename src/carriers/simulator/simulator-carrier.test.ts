import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { silentLog } from '../../../testkit/silent-log.ts';
import { createTestDatabase, type TestDatabase } from '../../../testkit/test-database.ts';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import { segmentText } from '../../messaging/encoding/segments.ts';
import { createIds } from '../../runtime/ids.ts';
import { createSystemRandom } from '../../runtime/random.ts';
import type { CarrierInbound, CarrierReceipt, InboundMedia, OutboundMessage, PartReport } from '../carrier.ts';
import { SimulatorCarrier } from './simulator-carrier.ts';
import { SimulatorStore } from './simulator-store.ts';

const OWN = '14155550100';
const PHONE = '14155550123';

describe('the simulator', () => {
  let database: TestDatabase;
  let clock: VirtualClock;
  let ids: ReturnType<typeof createIds>;
  let carrier: SimulatorCarrier;
  let store: SimulatorStore;
  let receipts: CarrierReceipt[];
  let inbound: CarrierInbound[];
  let storageDown: boolean;
  let fetchMedia: (url: string, contentType: string) => Promise<InboundMedia>;

  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());

  beforeEach(async () => {
    await database.storage.pool.query('truncate simulator_inbox, simulator_pending');
    clock = new VirtualClock();
    ids = createIds(clock, createSystemRandom());
    store = new SimulatorStore(database.storage.pool);
    receipts = [];
    inbound = [];
    storageDown = false;
    fetchMedia = async (_, contentType) => ({ contentType, bytes: Uint8Array.of(1, 2, 3) });
    carrier = startCarrier();
  });

  afterEach(async () => {
    await carrier.stop(0);
    assert.equal(clock.pending, 0, 'no timer is left');
  });

  function startCarrier(): SimulatorCarrier {
    const started = new SimulatorCarrier({
      store,
      clock,
      ids,
      log: silentLog,
      isOwnNumber: (digits) => digits === OWN,
      fetchMedia: (url, contentType) => fetchMedia(url, contentType),
    });
    started.start({
      async receipt(receipt) {
        if (storageDown) throw new Error('storage is down');
        receipts.push(receipt);
      },
      async inbound(message) {
        if (storageDown) throw new Error('storage is down');
        inbound.push(message);
      },
      changed() {},
    });
    return started;
  }

  function messageTo(dst: string, changes: Partial<OutboundMessage> & { text?: string } = {}): OutboundMessage {
    const text = changes.text ?? 'Hello';
    const { encoding, parts } = segmentText(text);
    return {
      id: ids.uuid(),
      attempt: 1,
      service: 'sms',
      src: OWN,
      dst,
      text,
      encoding,
      parts,
      pendingParts: parts.map((_, index) => index),
      concatReference: 7,
      validityMs: 10_800_000,
      media: [],
      ...changes,
    };
  }

  /** Moves time until the promise settles or the condition holds; what storage does takes real time. */
  async function until(condition: () => boolean | Promise<boolean>, step = 10): Promise<void> {
    for (let round = 0; round < 2000; round++) {
      if (await condition()) return;
      await clock.advance(step);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    throw new Error('it did not happen');
  }

  async function submit(message: OutboundMessage): Promise<readonly PartReport[]> {
    let reports: readonly PartReport[] | undefined;
    void carrier.submit(message).then((result) => {
      reports = result;
    });
    await until(() => reports !== undefined);
    return reports ?? [];
  }

  const kinds = (reports: readonly PartReport[]) => reports.map(({ outcome }) => outcome.kind);
  const states = () => receipts.map(({ state, errorCode }) => `${state} ${errorCode}`);
  const pendingRows = async () =>
    Number((await database.storage.pool.query('select count(*) as n from simulator_pending')).rows[0].n);

  /** Time passes and everything in hand is handed over. */
  async function settle(ms = 2_000): Promise<void> {
    const end = clock.now() + ms;
    await until(async () => clock.now() >= end && (await pendingRows()) === 0, 50);
  }

  it('puts a message on a virtual phone and sends a delivered receipt with the id it gave', async () => {
    const message = messageTo(PHONE, { text: 'Hi “there” 😀' });
    const [report] = await submit(message);
    assert.ok(report?.outcome.kind === 'accepted');
    assert.match(report.summary, /^submit part 1 of 1, 13 characters ucs2 -> accepted as /);
    const [received] = await store.inbox(PHONE, 10);
    assert.deepEqual(
      [received?.messageId, received?.from, received?.text, received?.receivedAt],
      [message.id, OWN, message.text, report.submittedAt],
    );
    await settle();
    assert.deepEqual(states(), ['delivered 000']);
    assert.equal(receipts[0]?.carrierMessageId, report.outcome.carrierMessageId);
    assert.ok((receipts[0]?.receivedAt ?? 0) >= report.answeredAt);
  });

  it('gives each part its id and its receipt, and shows the phone one whole message', async () => {
    const reports = await submit(messageTo(PHONE, { text: 'x'.repeat(400) }));
    assert.deepEqual(kinds(reports), ['accepted', 'accepted', 'accepted']);
    await settle();
    const given = reports.map(({ outcome }) => (outcome.kind === 'accepted' ? outcome.carrierMessageId : ''));
    assert.deepEqual(receipts.map(({ carrierMessageId }) => carrierMessageId).sort(), given.sort());
    assert.equal((await store.inbox(PHONE, 10)).length, 1);
  });

  it('brings a message to a number of this instance as inbound, then the receipt', async () => {
    const media = [{ mediaId: 'm', contentType: 'image/png', sizeBytes: 3, url: 'http://127.0.0.1/m.png' }];
    await submit({ ...messageTo(OWN, { src: '14155550199', service: 'mms', media }) });
    await settle();
    assert.equal(inbound.length, 1);
    assert.deepEqual(
      [inbound[0]?.from, inbound[0]?.to, inbound[0]?.text, inbound[0]?.service],
      ['14155550199', OWN, 'Hello', 'mms'],
    );
    assert.equal(inbound[0]?.media[0]?.contentType, 'image/png');
    assert.deepEqual(states(), ['delivered 000']);
    assert.deepEqual(await store.inbox(OWN, 10), []);
  });

  it('answers 140 when the media of such a message cannot be fetched', async () => {
    fetchMedia = () => Promise.reject(new Error('gone'));
    const media = [{ mediaId: 'm', contentType: 'image/png', sizeBytes: 3, url: 'http://127.0.0.1/m.png' }];
    await submit(messageTo(OWN, { src: '14155550199', service: 'mms', media }));
    await settle(10_000);
    assert.deepEqual([inbound.length, states()], [0, ['undelivered 140']]);
  });

  it('takes texts that storage cannot hold as they are', async () => {
    const reports = await submit(messageTo(PHONE, { text: 'a\u0000b\ud800c' }));
    assert.deepEqual(kinds(reports), ['accepted']);
    assert.equal((await store.inbox(PHONE, 1))[0]?.text, 'a\ufffdb\ufffdc');
  });

  describe('magic numbers', () => {
    const magic = (suffix: string) => `1500555${suffix}`;
    const onPhone = async (suffix: string) => (await store.inbox(magic(suffix), 10)).length;

    it('1eee refuse at submit', async () => {
      const [report] = await submit(messageTo(magic('1030')));
      assert.ok(report?.outcome.kind === 'rejected' && report.outcome.errorCode === '30');
      assert.equal(await onPhone('1030'), 0);
      await settle();
      assert.deepEqual(states(), []);
    });

    it('2eee do not deliver', async () => {
      assert.deepEqual(kinds(await submit(messageTo(magic('2000')))), ['accepted']);
      await settle();
      assert.deepEqual([states(), await onPhone('2000')], [['undelivered 1000'], 0]);
    });

    it('0002 gives its receipt late', async () => {
      await submit(messageTo(magic('0002')));
      await until(() => receipts.length > 0, 500);
      const late = (receipts[0]?.receivedAt ?? 0) - ((await store.inbox(magic('0002'), 1))[0]?.receivedAt ?? 0);
      assert.ok(late >= 30_000 && late < 40_000, `${late} ms`);
      await settle();
      assert.equal(receipts.length, 1);
    });

    it('0003 gives none', async () => {
      assert.deepEqual(kinds(await submit(messageTo(magic('0003')))), ['accepted']);
      await settle(60_000);
      assert.deepEqual([states(), await onPhone('0003')], [[], 1]);
    });

    for (const [suffix, expected] of [
      ['0004', ['delivered 000', 'delivered 000']],
      ['0006', ['undelivered 80', 'delivered 000']],
      ['0007', ['intermediate 000', 'delivered 000']],
    ] as const) {
      it(`${suffix} gives the receipts ${expected.join(', ')}`, async () => {
        await submit(messageTo(magic(suffix)));
        await settle();
        assert.deepEqual(states(), expected);
      });
    }

    it('0005 gives the receipt before the answer', async () => {
      const [report] = await submit(messageTo(magic('0005')));
      assert.equal(receipts.length, 1);
      assert.ok(report && (receipts[0]?.receivedAt ?? 0) < report.answeredAt);
    });

    it('0008 and 0014 refuse twice, then take', async () => {
      for (const [suffix, kind] of [
        ['0008', 'throttled'],
        ['0014', 'unsent'],
      ] as const) {
        const message = messageTo(magic(suffix));
        const answers = [];
        for (let attempt = 1; attempt <= 3; attempt++) answers.push(...kinds(await submit({ ...message, attempt })));
        assert.deepEqual(answers, [kind, kind, 'accepted']);
      }
    });

    it('0009 and 0013 never take', async () => {
      const message = messageTo(magic('0009'));
      for (let attempt = 1; attempt <= 5; attempt++)
        assert.deepEqual(kinds(await submit({ ...message, attempt })), ['throttled']);
      assert.deepEqual(kinds(await submit(messageTo(magic('0013')))), ['unanswered']);
      assert.deepEqual(await onPhone('0013'), 0);
    });

    it('0010 answers after five seconds', async () => {
      const [report] = await submit(messageTo(magic('0010')));
      assert.ok(report && report.answeredAt - report.submittedAt >= 5_000);
      assert.equal(receipts.length, 0);
      await settle();
      assert.deepEqual(states(), ['delivered 000']);
    });

    it('0011 loses the first submit, 0012 takes it without an answer, so that a second one duplicates', async () => {
      for (const [suffix, arrived] of [
        ['0011', 1],
        ['0012', 2],
      ] as const) {
        const message = messageTo(magic(suffix));
        assert.deepEqual(kinds(await submit(message)), ['unanswered']);
        assert.deepEqual(kinds(await submit({ ...message, attempt: 2 })), ['accepted']);
        assert.equal(await onPhone(suffix), arrived);
      }
    });

    it('0015 is read over WhatsApp and delivered over SMS', async () => {
      await submit(messageTo(magic('0015'), { service: 'whatsapp' }));
      await settle();
      assert.deepEqual(states(), ['delivered 000', 'read 000']);
      receipts.length = 0;
      await submit(messageTo(magic('0015')));
      await settle();
      assert.deepEqual(states(), ['delivered 000']);
    });

    it('0016, 0017 and 0018 treat the last part differently', async () => {
      const text = 'x'.repeat(400);
      assert.deepEqual(kinds(await submit(messageTo(magic('0016'), { text }))), ['accepted', 'accepted', 'accepted']);
      await settle();
      assert.deepEqual(states().sort(), ['delivered 000', 'delivered 000', 'undelivered 80']);
      assert.deepEqual(kinds(await submit(messageTo(magic('0017'), { text }))), ['accepted', 'accepted', 'rejected']);
      assert.equal(await onPhone('0017'), 0);

      const message = messageTo(magic('0018'), { text });
      assert.deepEqual(kinds(await submit(message)), ['accepted', 'accepted', 'throttled']);
      assert.equal(await onPhone('0018'), 0);
      assert.deepEqual(kinds(await submit({ ...message, attempt: 2, pendingParts: [2] })), ['accepted']);
      assert.equal(await onPhone('0018'), 1);
    });

    it('0020 texts the same back, 0021 STOP', async () => {
      await submit(messageTo(magic('0020'), { text: 'ping' }));
      await submit(messageTo(magic('0021')));
      await settle();
      assert.deepEqual(
        inbound.map(({ from, to, text }) => [from, to, text]),
        [
          [magic('0020'), OWN, 'ping'],
          [magic('0021'), OWN, 'STOP'],
        ],
      );
    });
  });

  it('hands receipts over again when they could not be stored, once each in the end', async () => {
    storageDown = true;
    await submit(messageTo(PHONE));
    await clock.advance(5_000);
    assert.equal(receipts.length, 0);
    storageDown = false;
    await settle();
    assert.deepEqual(states(), ['delivered 000']);
  });

  it('gives the receipts of an earlier process after a restart', async () => {
    await submit(messageTo(PHONE));
    await submit(messageTo('15005550002'));
    await carrier.stop(1_000);
    assert.equal(receipts.length, 0);
    carrier = startCarrier();
    await until(() => receipts.length === 2, 500);
    await settle();
    assert.deepEqual(states(), ['delivered 000', 'delivered 000']);
  });

  it('answers unanswered for what is still waiting for its answer when it stops, and takes nothing after that', async () => {
    const slow = carrier.submit(messageTo('15005550010'));
    await until(async () => (await pendingRows()) === 1, 0);
    await carrier.stop(1_000);
    assert.deepEqual(kinds(await slow), ['unanswered']);
    assert.equal(carrier.capacity(), 0);
    assert.deepEqual(kinds(await carrier.submit(messageTo(PHONE))), ['unsent']);
    assert.equal(carrier.health().state, 'down');
  });

  it('takes a thousand messages at once in a few statements', async () => {
    let statements = 0;
    const counting = new SimulatorStore(database.storage.pool);
    const save = counting.save.bind(counting);
    counting.save = (writes) => {
      statements += 1;
      return save(writes);
    };
    await carrier.stop(0);
    store = counting;
    carrier = startCarrier();
    const reports = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => carrier.submit(messageTo(`1415555${String(1000 + index)}`))),
    );
    assert.ok(reports.every(([report]) => report?.outcome.kind === 'accepted'));
    assert.ok(statements <= 5, `${statements} statements`);
    await settle();
    assert.equal(receipts.length, 1000);
  });

  it('takes no more parts than it has room for', async () => {
    const room = carrier.capacity();
    const slow = Array.from({ length: room }, () => carrier.submit(messageTo('15005550013')));
    assert.equal(carrier.capacity(), 0);
    assert.deepEqual(kinds(await carrier.submit(messageTo(PHONE))), ['unsent']);
    await clock.advance(1_000);
    await Promise.all(slow);
    assert.equal(carrier.capacity(), room);
  });

  it('keeps the newest messages of its inboxes only', async () => {
    for (let count = 0; count < 5; count++) await submit(messageTo(PHONE, { text: String(count) }));
    await store.prune(clock.now(), 2);
    assert.deepEqual(
      (await store.inbox(PHONE, 10)).map(({ text }) => text),
      ['3', '4'],
    );
    await store.prune(clock.now() + 8 * 24 * 3_600_000);
    assert.deepEqual(await store.inbox(PHONE, 10), []);
  });

  it('says that a message was not sent when the database refuses, and that it is unknown when the connection breaks', async () => {
    const broken = new SimulatorStore(database.storage.pool);
    const failures = [
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      new Error('Connection terminated'),
    ];
    broken.save = () => Promise.reject(failures.shift());
    await carrier.stop(0);
    store = broken;
    carrier = startCarrier();
    assert.deepEqual(kinds(await carrier.submit(messageTo(PHONE))), ['unsent']);
    assert.deepEqual(kinds(await carrier.submit(messageTo(PHONE))), ['unanswered']);
  });
});
