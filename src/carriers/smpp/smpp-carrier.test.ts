import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import { selfSignedCertificate } from '../../../testkit/certificate.ts';
import { bindAll, outbound, realCarrier, until, virtualRig } from '../../../testkit/smpp-rig.ts';
import { Smsc, type SmscOptions } from '../../../testkit/smsc.ts';
import { deliverBody } from '../../../testkit/smsc-receipts.ts';
import type { SmppCarrierOptions } from './options.ts';
import { Status } from './statuses.ts';
import { octetTlv, shortTlv, TlvTag } from './tlv.ts';

const smscs: Smsc[] = [];
after(async () => {
  await Promise.all(smscs.map((smsc) => smsc.close()));
});

async function lab(t: TestContext, smscOptions: SmscOptions = {}, options: Partial<SmppCarrierOptions> = {}) {
  const smsc = await Smsc.listen(smscOptions);
  smscs.push(smsc);
  const { carrier, events } = realCarrier({ name: 'lab', url: smsc.url, ...options });
  t.after(() => carrier.stop(0));
  carrier.start(events);
  await until(() => carrier.health().links.every(({ state }) => state === 'bound'), 'all binds');
  return { smsc, carrier, events };
}

const long = (char: string, length: number, size: number) => {
  const text = char.repeat(length);
  return {
    text,
    parts: Array.from({ length: Math.ceil(length / size) }, (_, index) => text.slice(index * size, (index + 1) * size)),
  };
};

describe('SMPP carrier with an SMSC', () => {
  it('sends a message and hears of its receipt', async (t) => {
    const { smsc, carrier, events } = await lab(t);
    const [report] = await carrier.submit(outbound({ text: 'Grüße {€}' }));
    assert.deepEqual(report?.outcome, { kind: 'accepted', carrierMessageId: '1000000' });
    assert.equal(await smsc.receipt({ messageId: '1000000', state: 'UNDELIV', err: '011' }), Status.ok);
    const { receivedAt, ...receipt } = events.receipts[0] ?? { receivedAt: 0 };
    assert.ok(Math.abs(receivedAt - Date.now()) < 5000);
    assert.deepEqual(receipt, {
      carrier: 'lab',
      link: 'lab#1',
      carrierMessageId: '1000000',
      state: 'undelivered',
      errorCode: '70',
      detail: 'stat:UNDELIV err:011',
    });
    const [text] = smsc.texts();
    assert.equal(text?.text, 'Grüße {€}');
    const body = smsc.submits[0]?.body;
    assert.equal(body?.validityPeriod, '000000010000000R');
    assert.deepEqual([body?.sourceTon, body?.sourceNpi, body?.destTon, body?.registeredDelivery], [1, 1, 1, 1]);
  });

  for (const mode of ['udh', 'sar', 'payload'] as const) {
    it(`sends long texts by ${mode}, in GSM and in UCS-2`, async (t) => {
      const { smsc, carrier } = await lab(t, {}, { longMessages: mode });
      const gsm = long('€', 200, 76);
      const wide = long('你', 150, 67);
      const first = await carrier.submit(outbound({ ...gsm }));
      const second = await carrier.submit(outbound({ ...wide, encoding: 'ucs2', concatReference: 9 }));
      assert.deepEqual(
        [...first, ...second].map(({ part, outcome }) => [part, outcome.kind]),
        [
          [0, 'accepted'],
          [1, 'accepted'],
          [2, 'accepted'],
          [0, 'accepted'],
          [1, 'accepted'],
          [2, 'accepted'],
        ],
      );
      assert.deepEqual(
        smsc.texts().map(({ text }) => text),
        [gsm.text, wide.text],
      );
      assert.equal(smsc.submits.length, mode === 'payload' ? 2 : 6);
    });
  }

  it('sends the parts that an earlier attempt left over, even where long texts go whole', async (t) => {
    const { smsc, carrier } = await lab(t, {}, { longMessages: 'payload' });
    const reports = await carrier.submit(outbound({ parts: ['a', 'b', 'c'], pendingParts: [2] }));
    assert.deepEqual(
      reports.map(({ part }) => part),
      [2],
    );
    assert.equal(Buffer.from(smsc.submits[0]?.body.shortMessage ?? []).toString('hex'), '05000334030363');
  });

  it('uses the coding of the SMSC and message_payload for what grows too long in it', async (t) => {
    const { smsc, carrier } = await lab(t, {}, { defaultAlphabet: 'latin1' });
    await carrier.submit(outbound({ text: 'é' }));
    await carrier.submit(outbound({ text: '€'.repeat(150) }));
    assert.deepEqual(
      smsc.submits.map(({ body }) => [body.dataCoding, body.shortMessage.length]),
      [
        [3, 1],
        [8, 0],
      ],
    );
    assert.equal(smsc.texts()[1]?.text, '€'.repeat(150));
  });

  it('keeps its window at the SMSC', async (t) => {
    const { smsc, carrier } = await lab(t, { reply: () => ({ kind: 'ok', delayMs: 5 }) }, { window: 4 });
    let left = 40;
    await new Promise<void>((resolve) => {
      let open = 0;
      const fill = () => {
        while (left > 0 && carrier.capacity() > 0) {
          left--;
          open++;
          void carrier.submit(outbound()).then(() => {
            open--;
            if (left === 0 && open === 0) resolve();
            else fill();
          });
        }
      };
      fill();
    });
    assert.equal(smsc.arrived, 40);
    assert.equal(smsc.mostOutstanding, 4);
  });

  it('spreads over its binds by source and destination, and uses another bind when one is full', async (t) => {
    const { smsc, carrier } = await lab(t, { reply: () => ({ kind: 'ok', delayMs: 20 }) }, { binds: 3, window: 1 });
    assert.equal(smsc.binds.length, 3);
    assert.equal(carrier.capacity(), 3);
    const alone = [await carrier.submit(outbound()), await carrier.submit(outbound())].flat().map(({ link }) => link);
    assert.equal(alone[0], alone[1]);
    const together = await Promise.all([1, 2, 3].map(() => carrier.submit(outbound())));
    assert.equal(new Set(together.flat().map(({ link }) => link)).size, 3);
  });

  it('goes on with the other bind when one is lost, and comes back', async (t) => {
    const { smsc, carrier } = await lab(t, {}, { binds: 2 });
    smsc.sessions[0]?.drop();
    await until(() => carrier.health().links.some(({ state }) => state !== 'bound'), 'loss seen');
    assert.equal(carrier.health().state, 'up');
    assert.equal((await carrier.submit(outbound()))[0]?.outcome.kind, 'accepted');
    await until(() => carrier.health().links.every(({ state }) => state === 'bound'), 'rebind');
  });

  it('reports a submit cut off by a lost link as unanswered, and sends over the next connection', async (t) => {
    const { smsc, carrier } = await lab(t, { reply: (_, index) => (index === 0 ? { kind: 'drop' } : { kind: 'ok' }) });
    assert.equal((await carrier.submit(outbound()))[0]?.outcome.kind, 'unanswered');
    assert.equal((await carrier.submit(outbound()))[0]?.outcome.kind, 'unsent');
    await until(() => carrier.capacity() > 0, 'rebind');
    assert.equal((await carrier.submit(outbound()))[0]?.outcome.kind, 'accepted');
    assert.equal(smsc.taken, 2);
  });

  it('survives garbage in place of an answer', async (t) => {
    const octets = Buffer.alloc(5000, 0xa5);
    const { carrier } = await lab(t, { reply: (_, index) => (index === 0 ? { kind: 'octets', octets } : { kind: 'ok' }) });
    assert.equal((await carrier.submit(outbound()))[0]?.outcome.kind, 'unanswered');
    await until(() => carrier.capacity() > 0, 'rebind');
    assert.equal((await carrier.submit(outbound()))[0]?.outcome.kind, 'accepted');
  });

  it('hears of receipts that come before the response, twice, or for unknown messages', async (t) => {
    const { carrier, events } = await lab(t, {
      idForm: 'hex',
      receipts: ({ messageId }) => [
        { messageId, early: true, form: 'tlv' },
        { messageId, form: 'both' },
        { messageId: 'feed', state: 'EXPIRED' },
      ],
    });
    await carrier.submit(outbound());
    await until(() => events.receipts.length === 3, 'receipts');
    assert.deepEqual(
      events.receipts.map(({ carrierMessageId, state }) => [carrierMessageId, state]),
      [
        ['f4240', 'delivered'],
        ['f4240', 'delivered'],
        ['feed', 'undelivered'],
      ],
    );
  });

  it('acknowledges a receipt without an id, so that it does not come back', async (t) => {
    const { smsc, events } = await lab(t);
    assert.equal(await smsc.receipt({ messageId: '', text: 'stat:DELIVRD' }), Status.ok);
    assert.equal(events.receipts.length, 0);
  });

  it('speaks TLS and verifies the certificate', async (t) => {
    const tls = selfSignedCertificate('smsc.test');
    const { smsc, carrier } = await lab(t, { tls }, { tls: { ca: tls.cert, servername: 'smsc.test' } });
    assert.ok(smsc.url.startsWith('ssmpp://'));
    assert.equal((await carrier.submit(outbound()))[0]?.outcome.kind, 'accepted');
    for (const wrong of [{ ca: tls.cert, servername: 'other.test' }, {}]) {
      const stranger = realCarrier({ name: 'stranger', url: smsc.url, tls: wrong });
      t.after(() => stranger.carrier.stop(0));
      stranger.carrier.start(stranger.events);
      await until(() => stranger.carrier.health().state === 'failed', 'certificate refused');
    }
    assert.equal(smsc.binds.length, 1);
  });

  it('notices a broken certificate when it is made, not when it connects', () => {
    assert.throws(
      () => realCarrier({ name: 'lab', url: 'ssmpp://a:b@127.0.0.1', tls: { cert: 'no PEM', key: 'neither' } }),
      Error,
    );
  });

  it('is failed with wrong credentials and says so without the password', async (t) => {
    const smsc = await Smsc.listen({ systemId: 'esme', password: 'right' });
    smscs.push(smsc);
    const { carrier, events } = realCarrier({ name: 'lab', url: smsc.url.replace('right', 'wrong') });
    t.after(() => carrier.stop(0));
    carrier.start(events);
    await until(() => carrier.health().state === 'failed', 'refusal');
    assert.ok(!JSON.stringify(carrier.health()).includes('wrong'));
  });
});

describe('SMPP carrier: incoming messages', () => {
  const message = (text: string, changes = {}) =>
    deliverBody({ source: '+4917012345678', dest: '14155550100', shortMessage: Buffer.from(text, 'latin1'), ...changes });

  it('hands over a message, its text decoded, numbers without a plus', async (t) => {
    const { smsc, events } = await lab(t);
    assert.equal(await smsc.deliver(message('\u0000\u001b\u0065')), Status.ok);
    const [inbound] = events.inbounds;
    assert.deepEqual([inbound?.text, inbound?.from, inbound?.to, inbound?.parts], ['@€', '4917012345678', '14155550100', 1]);
  });

  it('reads message_payload, in deliver_sm and in data_sm', async (t) => {
    const { smsc, events } = await lab(t);
    const tlvs = [{ tag: TlvTag.messagePayload, value: Buffer.from('x'.repeat(3000)) }];
    assert.equal(await smsc.deliver(message('', { tlvs })), Status.ok);
    const { source, dest, sourceTon, sourceNpi, destTon, destNpi } = message('');
    const body = { serviceType: '', source, dest, sourceTon, sourceNpi, destTon, destNpi, esmClass: 0, registeredDelivery: 0 };
    const status = await smsc.sessions[0]?.ask('data_sm', (sequence) => ({
      command: 'data_sm',
      status: 0,
      sequence,
      body: { ...body, dataCoding: 3, tlvs },
    }));
    assert.equal(status, Status.ok);
    assert.deepEqual(
      events.inbounds.map(({ text }) => text.length),
      [3000, 3000],
    );
  });

  it('joins parts by 8-bit and 16-bit headers and by SAR parameters, in any order', async (t) => {
    const { smsc, events } = await lab(t);
    const udh = (header: string, text: string) =>
      message(`${Buffer.from(header, 'hex').toString('latin1')}${text}`, { esmClass: 0x40 });
    await smsc.deliver(udh('050003aa0202', 'world'));
    await smsc.deliver(udh('06080401020202', 'B'));
    await smsc.deliver(udh('06080401020201', 'A'));
    await smsc.deliver(udh('050003aa0201', 'Hello '));
    const sar = (part: number) => [
      shortTlv(TlvTag.sarMsgRefNum, 500),
      octetTlv(TlvTag.sarTotalSegments, 2),
      octetTlv(TlvTag.sarSegmentSeqnum, part),
    ];
    await smsc.deliver(message('two', { tlvs: sar(2) }));
    assert.equal(events.inbounds.length, 2);
    await smsc.deliver(message('one ', { tlvs: sar(1) }));
    assert.deepEqual(
      events.inbounds.map(({ text, parts }) => [text, parts]),
      [
        ['AB', 2],
        ['Hello world', 2],
        ['one two', 2],
      ],
    );
  });

  it('joins a character whose halves came in different parts', async (t) => {
    const { smsc, events } = await lab(t);
    const half = (number: number, hex: string) =>
      smsc.deliver(
        message('', { esmClass: 0x40, dataCoding: 8, shortMessage: Buffer.from(`05000301020${number}${hex}`, 'hex') }),
      );
    await half(1, '0041d83d');
    await half(2, 'de00');
    assert.deepEqual(
      events.inbounds.map(({ text }) => text),
      ['A😀'],
    );
  });

  it('delivers what came of a message whose rest stays out', async () => {
    const { clock, network, carrier, events } = virtualRig();
    bindAll(network);
    carrier.start(events);
    for (let turn = 0; turn < 3; turn++) await clock.advance(0);
    const octets = Buffer.concat([Buffer.from('050003aa0302', 'hex'), Buffer.from('middle')]);
    network.peer.send({
      command: 'deliver_sm',
      status: 0,
      sequence: 1,
      body: message('', { esmClass: 0x40, shortMessage: octets }),
    });
    await clock.advance(0);
    await clock.advance(0);
    assert.equal(network.peer.received.at(-1)?.command, 'deliver_sm_resp', 'a part is acknowledged when it is held');
    await clock.advance(290_000);
    assert.equal(events.inbounds.length, 0);
    await clock.advance(20_000);
    assert.deepEqual(
      events.inbounds.map(({ text, parts }) => [text, parts]),
      [['middle', 1]],
    );
    await clock.advance(400_000);
    assert.equal(events.inbounds.length, 1);
  });
});
