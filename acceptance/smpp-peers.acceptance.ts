import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call } from './api.ts';
import { type DriveSmpp, startDriveSmpp } from './drive-smpp.ts';
import { encodings, type ForeignPdu, NpmSmsc } from './npm-smpp.ts';
import { AUTH_ID, type RingdownProcess, startServer, unlimitedAccount } from './server.ts';
import { eventually } from './wait.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const SRC = '14155550100';

/** Every character of GSM 03.38 but the escape and form feed, as the tables of the specification list them. */
const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const GSM_EXTENSION = '^{}\\[~]|€';

const texts: [string, string][] = [
  ['plain', 'hello'],
  ['160 characters', 'a'.repeat(160)],
  ['every GSM character', GSM_BASIC],
  ['the GSM extension table', GSM_EXTENSION.repeat(8)],
  ['three GSM parts', Array.from({ length: 400 }, (_, n) => String.fromCharCode(97 + (n % 26))).join('')],
  ['an escape at the edge of a part', `${'x'.repeat(152)}€${'y'.repeat(100)}`],
  ['1600 GSM characters', 'The quick brown fox. '.repeat(77).slice(0, 1600)],
  ['Cyrillic', 'Привет, мир'],
  ['Chinese', '你好世界'],
  ['emoji', 'ok 👍🏽 👨‍👩‍👧‍👦 🎉'],
  ['a surrogate pair at the edge of a part', `${'ж'.repeat(66)}🎉${'ж'.repeat(60)}`],
  ['737 UCS-2 characters', '漢字かな交じり文'.repeat(100).slice(0, 737)],
  ['what looks like binary', '\u00ff\u0080\u0100\ufffe\u2028\u200b\u0301\uabcd\u0d0a'],
  ['what looks like a UDH', '@£$ΔΔ@@ @£@'],
  ['what looks like a receipt', 'id:1 sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:'],
  ['what looks like markup and SQL', `<Response>&amp;'"; DROP TABLE x; -- %s %n \\0 $\{x}`],
];

async function send(server: RingdownProcess, text: string, dst: string, src = SRC): Promise<string> {
  const sent = await call(server, 'Message/', { body: { src, dst, text } });
  assert.equal(sent.status, 202, sent.text);
  return String(Array.isArray(sent.json.message_uuid) ? sent.json.message_uuid[0] : '');
}

async function reaches(server: RingdownProcess, uuid: string, wanted: string): Promise<void> {
  await eventually(`message in state ${wanted}`, async () => {
    const { message_state } = (await call(server, `Message/${uuid}/`)).json;
    return message_state === wanted ? true : undefined;
  });
}

async function withMessageUrl(server: RingdownProcess, receiver: WebhookReceiver, number: string): Promise<void> {
  const app = await call(server, 'Application/', {
    body: { app_name: `mo-${number}`, answer_url: receiver.url('/answer'), message_url: receiver.url(`/mo/${number}`) },
  });
  const updated = await call(server, `Number/${number}/`, { body: { app_id: app.json.app_id } });
  assert.equal(updated.status, 202, updated.text);
}

/** Text of a part as the octets say, by the package's codecs. */
const decode = (octets: Buffer, dataCoding: number) => (dataCoding === 8 ? encodings.UCS2 : encodings.ASCII).decode(octets);

describe('the npm package smpp as SMSC', () => {
  let smsc: NpmSmsc;
  let server: RingdownProcess;
  let receiver: WebhookReceiver;
  before(async () => {
    smsc = await NpmSmsc.start();
    receiver = await WebhookReceiver.start();
    server = await startServer({
      name: 'npm-smpp',
      config: {
        accounts: [unlimitedAccount],
        carriers: [
          {
            name: 'npm',
            kind: 'smpp',
            url: smsc.url,
            bind: 'transceiver',
            throughput: 0,
            window: 10,
            submit_id_form: 'hex',
            receipt_id_form: 'decimal',
          },
        ],
        numbers: [{ number: SRC, account: AUTH_ID, carrier: 'npm', country: 'US', type: 'local' }],
        routes: [{ service: 'sms', prefix: '', carriers: ['npm'] }],
      },
    });
    await withMessageUrl(server, receiver, SRC);
  });
  after(async () => {
    await server?.dispose();
    await smsc?.stop();
    await receiver?.stop();
  });

  const bodyOf = (pdu: ForeignPdu): string => String(pdu.short_message?.message ?? '');

  it('is bound as configured', () => {
    assert.deepEqual(smsc.binds, ['bind_transceiver']);
  });

  texts.forEach(([what, text], index) => {
    it(`is given ${what}, and its receipt makes the message delivered`, async () => {
      const dst = `4474000010${String(index).padStart(2, '0')}`;
      const uuid = await send(server, text, dst);
      await reaches(server, uuid, 'delivered');
      const parts = smsc.submits.filter((pdu) => pdu.destination_addr === dst);
      const { units } = (await call(server, `Message/${uuid}/`)).json;
      assert.equal(parts.length, units);
      assert.equal(parts.map(bodyOf).join(''), text);
      if (parts.length > 1) {
        for (const part of parts) assert.equal(part.esm_class & 0x40, 0x40, 'parts carry a UDH');
      }
    });
  });

  it('hands in a short and a Unicode message', async () => {
    // Left to itself the package announces its GSM octets as data_coding 1, which is IA5.
    const short = { source_addr: '447400002001', destination_addr: SRC, data_coding: 0, short_message: 'in €' };
    assert.equal(await smsc.deliver(short), 0);
    assert.equal(
      await smsc.deliver({ source_addr: '447400002001', destination_addr: SRC, data_coding: 8, short_message: 'вход 🎉' }),
      0,
    );
    await receiver.waitFor('short message', (got) => got.params.Text === 'in €' && got.params.From === '447400002001');
    await receiver.waitFor('Unicode message', (got) => got.params.Text === 'вход 🎉');
  });

  it('hands in a long message in parts, out of order and with one twice, which arrives once and whole', async () => {
    const pieces = ['first part, ', 'second part, ', 'third part'].map((piece, n) => ({
      source_addr: '447400002002',
      destination_addr: SRC,
      esm_class: 0x40,
      short_message: { udh: Buffer.from([5, 0, 3, 77, 3, n + 1]), message: piece },
    }));
    for (const n of [2, 0, 0, 1]) assert.equal(await smsc.deliver(pieces[n] ?? {}), 0);
    const got = await receiver.waitFor('long message', (request) => request.params.From === '447400002002');
    assert.deepEqual([got.params.Text, got.params.Units], ['first part, second part, third part', '3']);
    assert.equal(receiver.received.filter((request) => request.params.From === '447400002002').length, 1);
  });

  it('hands in a long message by SAR parameters and one by message_payload', async () => {
    for (const [n, piece] of ['sar one ', 'sar two'].entries()) {
      await smsc.deliver({
        source_addr: '447400002003',
        destination_addr: SRC,
        short_message: piece,
        sar_msg_ref_num: 300,
        sar_total_segments: 2,
        sar_segment_seqnum: n + 1,
      });
    }
    await receiver.waitFor('SAR message', (request) => request.params.Text === 'sar one sar two');
    const long = 'payload '.repeat(60);
    await smsc.deliver({ source_addr: '447400002004', destination_addr: SRC, message_payload: long });
    await receiver.waitFor('payload message', (request) => request.params.Text === long);
  });
});

describe("Debian's drive_smpp as SMSC", () => {
  const SHORT = '123';
  const MESSAGES = 5;
  let smsc: DriveSmpp;
  let server: RingdownProcess;
  let receiver: WebhookReceiver;
  before(async () => {
    smsc = await startDriveSmpp(MESSAGES);
    receiver = await WebhookReceiver.start();
    server = await startServer({
      name: 'drive-smpp',
      config: {
        accounts: [unlimitedAccount],
        applications: [{ name: 'mo', account: AUTH_ID, answer_url: receiver.url('/answer'), message_url: receiver.url('/mo') }],
        carriers: [
          {
            name: 'drive',
            kind: 'smpp',
            url: `smpp://foo:bar@127.0.0.1:${smsc.port}`,
            bind: 'separate',
            throughput: 0,
            window: 10,
          },
        ],
        numbers: [
          { number: SRC, account: AUTH_ID, carrier: 'drive', country: 'US', type: 'local' },
          { number: SHORT, account: AUTH_ID, application: 'mo', carrier: 'drive', country: 'US', type: 'shortcode' },
        ],
        routes: [{ service: 'sms', prefix: '', carriers: ['drive'] }],
      },
    });
  });
  after(async () => {
    await server?.dispose();
    await smsc?.stop();
    await receiver?.stop();
  });

  interface WireSubmit {
    readonly esmClass: number;
    readonly dataCoding: number;
    readonly body: Buffer;
  }
  /** submit_sm to a destination, in the order they were sent. */
  const submitsTo = (dst: string): WireSubmit[] =>
    smsc.fromClient
      .filter((pdu) => pdu.readUInt32BE(4) === 4)
      .flatMap((pdu) => {
        let at = pdu.indexOf(0, 16) + 3;
        at = pdu.indexOf(0, at) + 3;
        const end = pdu.indexOf(0, at);
        if (pdu.toString('latin1', at, end) !== dst) return [];
        const esmClass = pdu.readUInt8(end + 1);
        const afterTimes = pdu.indexOf(0, pdu.indexOf(0, end + 4) + 1) + 1;
        const length = pdu.readUInt8(afterTimes + 4);
        return [
          { esmClass, dataCoding: pdu.readUInt8(afterTimes + 2), body: pdu.subarray(afterTimes + 5, afterTimes + 5 + length) },
        ];
      });

  texts.forEach(([what, text], index) => {
    it(`takes ${what} octet for octet`, async () => {
      const dst = `4474000030${String(index).padStart(2, '0')}`;
      const uuid = await send(server, text, dst);
      await reaches(server, uuid, 'sent');
      const parts = submitsTo(dst).map(({ esmClass, dataCoding, body }) => {
        if ((esmClass & 0x40) === 0) return { dataCoding, body, udh: Buffer.alloc(0) };
        const udhLength = body.readUInt8(0) + 1;
        return { dataCoding, udh: body.subarray(0, udhLength), body: body.subarray(udhLength) };
      });
      assert.equal(parts.map(({ body, dataCoding }) => decode(body, dataCoding)).join(''), text);
      if (parts.length > 1) {
        // 3GPP TS 23.040 §9.2.3.24.1: information element, length, reference, number of parts, number of this one.
        const references = new Set(parts.map(({ udh }) => udh.subarray(3, -2).toString('hex')));
        assert.equal(references.size, 1, 'one reference');
        assert.deepEqual(
          parts.map(({ udh }) => [udh.at(-2), udh.at(-1)]),
          parts.map((_, n) => [parts.length, n + 1]),
        );
      }
      for (const { body, udh } of parts)
        assert.ok(body.length + udh.length <= (body.length > 140 ? 160 : 140), 'fits a short message');
    });
  });

  it('says it understood every submit, with the text as it came', async () => {
    const log = await smsc.log();
    assert.ok(log.includes('submit_sm: short_message = <hello>'));
    assert.ok(log.includes(Buffer.concat([Buffer.from('short_message = <'), encodings.UCS2.encode('你好世界')])));
    for (const complaint of ['Unhandled SMPP PDU', 'unpacking failed', 'garbage', 'dropped'])
      assert.ok(!log.includes(complaint), complaint);
    const submits = smsc.fromClient.filter((pdu) => pdu.readUInt32BE(4) === 4).length;
    await eventually('answers', () =>
      smsc.fromSmsc.filter((pdu) => pdu.readUInt32BE(4) === 0x80000004 && pdu.readUInt32BE(8) === 0).length === submits
        ? true
        : undefined,
    );
  });

  it('hands in its messages, each followed by an enquire_link, and each is acknowledged and reaches message_url', async () => {
    for (let n = 1; n <= MESSAGES; n++) {
      const request = await receiver.waitFor(`message ${n}`, (got) => got.path === '/mo' && got.params.Text === String(n));
      assert.deepEqual([request.params.From, request.params.To], ['456', SHORT]);
    }
    const answered = (command: number) =>
      smsc.fromClient.filter((pdu) => pdu.readUInt32BE(4) === command && pdu.readUInt32BE(8) === 0).length;
    await eventually('acknowledgements', () =>
      answered(0x80000005) >= MESSAGES && answered(0x80000015) >= MESSAGES ? true : undefined,
    );
  });
});
