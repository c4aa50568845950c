import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import smpp, { type PDU, type Session } from 'smpp';
import { outbound, realCarrier, until } from '../../../testkit/smpp-rig.ts';
import { receiptText } from '../../../testkit/smsc-receipts.ts';
import { segmentText } from '../../messaging/encoding/segments.ts';
import type { SmppCarrierOptions } from './options.ts';

/** The npm package `smpp` plays the SMSC: a codec of other origin. */
async function foreignSmsc(t: TestContext, options: Partial<SmppCarrierOptions> = {}) {
  const submits: PDU[] = [];
  const sessions: Session[] = [];
  const server = smpp.createServer((session) => {
    session.on('error', () => session.destroy());
    session.on('bind_transceiver', (pdu: PDU) => {
      session.send(pdu.response());
      sessions.push(session);
    });
    session.on('submit_sm', (pdu: PDU) => {
      submits.push(pdu);
      session.send(pdu.response({ message_id: `m${submits.length}` }));
    });
    session.on('unbind', (pdu: PDU) => {
      session.send(pdu.response());
      session.close();
    });
    session.on('enquire_link', (pdu: PDU) => session.send(pdu.response()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { carrier, events } = realCarrier({ name: 'foreign', url: `smpp://esme:secret@127.0.0.1:${port}`, ...options });
  t.after(async () => {
    await carrier.stop(0);
    for (const session of sessions) session.destroy();
    server.close();
  });
  carrier.start(events);
  await until(() => carrier.capacity() > 0, 'bind');
  return { submits, carrier, events, session: () => sessions[0] };
}

/** What its handset would show: the decoded parts in order. */
function shown(pdus: readonly PDU[]): string {
  const place = ({ sar_segment_seqnum, short_message }: PDU) => sar_segment_seqnum ?? short_message?.udh?.[0]?.at(-1) ?? 1;
  return [...pdus]
    .sort((a, b) => place(a) - place(b))
    .map(({ short_message, message_payload }) => {
      const message = short_message?.message ?? '';
      return String(message.length === 0 ? (message_payload?.message ?? '') : message);
    })
    .join('');
}

const GSM_SPECIALS = '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\f^{}[~]|€';

const texts: Readonly<Record<string, string>> = {
  short: 'Hello from the other side',
  'every special of the GSM alphabet': GSM_SPECIALS,
  'long with extension characters': '{[€]}~'.repeat(80),
  'long Unicode': 'Привет, 世界! 👩‍🚀 '.repeat(20),
  'binary-looking in GSM': '@@@@\n\r@£$@\f'.repeat(20),
  'binary-looking in UCS-2': '\u0001\u0002\u0000\u001b\uffff\u0500\u0003\u0101\u0080\u00ff'.repeat(12),
};

describe('SMPP with an SMSC of other origin', () => {
  for (const mode of ['udh', 'sar', 'payload'] as const) {
    for (const [title, text] of Object.entries(texts)) {
      it(`carries a text ${title} by ${mode}, character for character`, async (t) => {
        const { submits, carrier } = await foreignSmsc(t, { longMessages: mode });
        const { encoding, parts } = segmentText(text);
        const reports = await carrier.submit(outbound({ text, parts, encoding }));
        assert.ok(reports.every(({ outcome }) => outcome.kind === 'accepted'));
        assert.equal(reports.length, parts.length);
        assert.equal(submits.length, mode === 'payload' ? 1 : parts.length);
        assert.equal(shown(submits), text);
        assert.equal(submits[0]?.source_addr, '14155550100');
        assert.equal(submits[0]?.destination_addr, '4917012345678');
      });
    }
  }

  it('carries any text', async (t) => {
    const { submits, carrier } = await foreignSmsc(t);
    // The other side takes a byte order mark at the beginning of a part for one and drops it.
    const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }).filter((text) => !text.includes('\ufeff'));
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        submits.length = 0;
        const { encoding, parts } = segmentText(text);
        await carrier.submit(outbound({ text, parts, encoding }));
        assert.equal(shown(submits), text);
      }),
      { numRuns: 60 },
    );
  });

  it('reads its receipts and messages and answers them', async (t) => {
    const { carrier, events, session } = await foreignSmsc(t);
    await carrier.submit(outbound());
    const answered = (fields: Readonly<Record<string, unknown>>) =>
      new Promise<PDU>((resolve) => {
        session()?.deliver_sm({ source_addr: '4917012345678', destination_addr: '14155550100', ...fields }, resolve);
      });
    const receipt = await answered({ esm_class: 4, short_message: receiptText('m1') });
    assert.equal(receipt.command_status, 0);
    assert.deepEqual(
      events.receipts.map(({ carrierMessageId, state }) => [carrierMessageId, state]),
      [['m1', 'delivered']],
    );
    await answered({ data_coding: 0, short_message: 'Grüße {€}' });
    await answered({ data_coding: 8, short_message: 'Ωκ 👍' });
    assert.deepEqual(
      events.inbounds.map(({ text }) => text),
      ['Grüße {€}', 'Ωκ 👍'],
    );
  });
});
