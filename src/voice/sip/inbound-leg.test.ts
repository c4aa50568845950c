import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { browserOffer } from '../../../testkit/browser-offer.ts';
import { ANSWER, OFFER, type RawPeer } from '../../../testkit/sip-rig.ts';
import { createSipVoiceRig, FIRST_TRUNK, NODE, NUMBER, type SipVoiceRig } from '../../../testkit/sip-voice-rig.ts';
import { getDigits, hangup, post, speak, waitFor } from '../../../testkit/voice-elements.ts';
import type { VoiceElement } from '../document.ts';

const URI = `sip:+${NUMBER}@${NODE}`;
const INVITE = { Contact: `<sip:peer@${FIRST_TRUNK}:5060>` };

/** A carrier sends an INVITE to our number, whose application answers so. */
async function calling(elements: readonly VoiceElement[], fields: Readonly<Record<string, string>> = {}, sdp = OFFER) {
  const rig = await createSipVoiceRig();
  rig.application.answers('http://app.example/answer', elements);
  const carrier = await rig.sip.peer(FIRST_TRUNK);
  carrier.request('INVITE', URI, NODE, { ...INVITE, From: '"Ana" <sip:+14155550123@192.0.2.2>;tag=peer', ...fields }, sdp);
  await rig.clock.advance(50);
  return { rig, carrier };
}

/** The tag that our answers gave themselves. */
const tagOf = (carrier: RawPeer): string =>
  /;tag=[^;]+/.exec(carrier.responses('INVITE').at(-1)?.headers.get('To') ?? '')?.[0] ?? '';

function within(carrier: RawPeer, method: string, sequence: number, fields: Readonly<Record<string, string>> = {}, body = '') {
  carrier.request(
    method,
    `sip:${NODE}`,
    NODE,
    {
      From: '"Ana" <sip:+14155550123@192.0.2.2>;tag=peer',
      To: `<${URI}>${tagOf(carrier)}`,
      CSeq: `${sequence} ${method}`,
      ...fields,
    },
    body,
  );
}
const acknowledge = (carrier: RawPeer, body = '') => within(carrier, 'ACK', 1, {}, body);
const endOf = (rig: SipVoiceRig) => {
  const [ended] = rig.ended;
  return ended?.ended && `${ended.ended.cause.code} ${ended.ended.cause.source}`;
};

describe('a caller over SIP', () => {
  test('hears ringing, is answered by the first thing to be heard, and gets a BYE at the end', async () => {
    const { rig, carrier } = await calling([waitFor(2), speak('Hello')]);
    assert.deepEqual(carrier.statuses('INVITE'), [100, 180]);
    await rig.clock.advance(2_000);
    assert.deepEqual(carrier.statuses('INVITE'), [100, 180, 200]);
    const body = carrier.responses('INVITE').at(-1)?.body.toString() ?? '';
    assert.match(body, /c=IN IP4 192\.0\.2\.1/);
    assert.match(body, /m=audio 20000 RTP\/AVP 0/);
    acknowledge(carrier);
    await rig.clock.advance(500);
    const bye = carrier.only('BYE');
    assert.match(bye.headers.get('Reason') ?? '', /NORMAL_CLEARING/);
    carrier.respond(bye, 200);
    await rig.clock.advance(10);
    assert.equal(endOf(rig), '4010 Plivo');
    carrier.close();
    await rig.assertAllClean();
  });

  test('tells who calls, whom, and with which headers', async () => {
    const { rig, carrier } = await calling([speak('text', 0)], {
      'X-PH-Ticket': 'A17',
      'x-ph-lower': 'b',
      'X-Other': 'not ours',
      'X-PH-not_ours': 'c',
      'X-PH-Long': 'd'.repeat(501),
      Diversion: '<sip:+14155550177@carrier.example>;reason=user-busy, <sip:+14155550178@carrier.example>',
      'P-Asserted-Identity': '"Ana" <sip:+14155550199@carrier.example>, <tel:+14155550199>',
    });
    const [{ request } = { request: undefined }] = rig.application.requests;
    assert.ok(request);
    const { from, to, callerName, customHeaders, forwardedFrom, sipTo, direction, sipAuth } = request.call;
    assert.deepEqual(
      { from, to, callerName, customHeaders, forwardedFrom, sipTo, direction, sipAuth },
      {
        from: '14155550199',
        to: NUMBER,
        callerName: 'Ana',
        customHeaders: { 'X-PH-Ticket': 'A17', 'X-PH-lower': 'b' },
        forwardedFrom: '14155550177',
        sipTo: `<${URI}>`,
        direction: 'inbound',
        sipAuth: undefined,
      },
    );
    carrier.close();
    await rig.assertAllClean();
  });

  for (const [elements, status, reason] of [
    [[hangup({ reason: 'busy' })], 486, /USER_BUSY/],
    [[hangup({ reason: 'rejected' })], 603, /CALL_REJECTED/],
    [[hangup()], 480, /NORMAL_CLEARING/],
  ] as const) {
    test(`is refused with ${status} by ${String(reason)}`, async () => {
      const { rig, carrier } = await calling(elements);
      assert.deepEqual(carrier.statuses('INVITE'), [100, 180, status]);
      assert.match(carrier.responses('INVITE').at(-1)?.headers.get('Reason') ?? '', reason);
      acknowledge(carrier);
      carrier.close();
      await rig.assertAllClean();
    });
  }

  test('hears early audio by 183, with the same description in the answer', async () => {
    const { rig, carrier } = await calling([{ element: 'PreAnswer', children: [speak('Please hold.')] }, speak('text', 0)]);
    assert.deepEqual(carrier.statuses('INVITE'), [100, 180, 183]);
    await rig.clock.advance(1_000);
    assert.deepEqual(carrier.statuses('INVITE'), [100, 180, 183, 200]);
    const [, , early, answer] = carrier.responses('INVITE');
    assert.equal(early?.body.toString(), answer?.body.toString());
    acknowledge(carrier);
    carrier.close();
    await rig.assertAllClean();
  });

  test('that offers nothing gets our offer and answers it with its ACK', async () => {
    const { rig, carrier } = await calling([speak('text', 0)], {}, '');
    assert.equal(carrier.statuses('INVITE').at(-1), 200);
    assert.match(carrier.responses('INVITE').at(-1)?.body.toString() ?? '', /m=audio 20000 RTP\/AVP 0 8 9 101/);
    assert.equal(rig.only.call.answered, false);
    acknowledge(carrier, ANSWER);
    await rig.clock.advance(50);
    assert.equal(rig.only.call.answered, true);
    carrier.close();
    await rig.assertAllClean();
  });

  test('that offers nothing and requires reliable responses answers our early offer with its PRACK, and may change that', async () => {
    const early = { element: 'PreAnswer', children: [speak('Please hold.')] } as const;
    const { rig, carrier } = await calling([early, speak('text', 0)], { Require: '100rel' }, '');
    const acknowledgeLast = async (sequence: number, body = '') => {
      const rseq = carrier.responses('INVITE').at(-1)?.headers.get('RSeq');
      within(carrier, 'PRACK', sequence, { RAck: `${rseq} 1 INVITE` }, body);
      await rig.clock.advance(50);
    };
    await acknowledgeLast(2);
    assert.equal(carrier.statuses('INVITE').at(-1), 183);
    await acknowledgeLast(3, ANSWER);
    const { media } = rig.only.call;
    assert.ok(media);
    within(carrier, 'UPDATE', 4, INVITE, OFFER.replace('o=- 1 1', 'o=- 1 2'));
    await rig.clock.advance(50);
    assert.deepEqual([carrier.statuses('PRACK'), carrier.statuses('UPDATE')], [[200, 200], [200]]);
    await rig.clock.advance(1_000);
    const answer = carrier.responses('INVITE').at(-1);
    assert.deepEqual([answer?.status, answer?.body.length], [200, 0]);
    acknowledge(carrier);
    await rig.clock.advance(50);
    assert.equal(rig.only.call.answered, true);
    carrier.close();
    await rig.assertAllClean();
  });

  test('that offers nothing and answers with nothing that can be spoken is hung up', async () => {
    const { rig, carrier } = await calling([speak('text', 0)], {}, '');
    acknowledge(carrier, ANSWER.replace('RTP/AVP 0', 'RTP/AVP 18'));
    await rig.clock.advance(50);
    carrier.respond(carrier.only('BYE'), 200);
    assert.equal(endOf(rig), '2010 Carrier');
    carrier.close();
    await rig.assertAllClean();
  });

  test('that offers nothing and is hung up before its ACK gets a BYE with that', async () => {
    const { rig, carrier } = await calling([speak('text', 0)], {}, '');
    rig.only.call.hangUp({ code: 4000, source: 'API Request', cause: 'NORMAL_CLEARING' });
    await rig.clock.advance(50);
    acknowledge(carrier, ANSWER);
    await rig.clock.advance(50);
    carrier.respond(carrier.only('BYE'), 200);
    carrier.close();
    await rig.assertAllClean();
  });

  test('without a codec in common gets 488', async () => {
    for (const offer of [OFFER.replace('RTP/AVP 0', 'RTP/AVP 18'), 'no description at all', OFFER.replace('audio', 'video')]) {
      const { rig, carrier } = await calling([speak('never')], {}, offer);
      assert.equal(carrier.statuses('INVITE').at(-1), 488);
      assert.equal(rig.application.requests.length, 0);
      acknowledge(carrier);
      carrier.close();
      await rig.assertAllClean();
    }
  });

  test('that never acknowledges the answer is hung up', async () => {
    const { rig, carrier } = await calling([speak('text', 0)]);
    await rig.clock.advance(35_000);
    assert.ok(carrier.requests('BYE').length >= 1);
    assert.equal(endOf(rig), '5000 Error');
    carrier.close();
    await rig.assertAllClean();
  });

  test('hangs up by BYE', async () => {
    const { rig, carrier } = await calling([speak('text', 0)]);
    acknowledge(carrier);
    await rig.clock.advance(2_000);
    within(carrier, 'BYE', 2);
    await rig.clock.advance(50);
    assert.deepEqual([carrier.statuses('BYE'), endOf(rig)], [[200], '4000 Caller']);
    carrier.close();
    await rig.assertAllClean();
  });

  test('may cancel at any moment', async () => {
    for (let ms = 0; ms <= 60; ms += 2) {
      const rig = await createSipVoiceRig();
      rig.application.delays('http://app.example/answer', 7);
      rig.application.answers('http://app.example/answer', [
        { element: 'PreAnswer', children: [waitFor(0.012), speak('')] },
        waitFor(0.01),
        speak('text', 0),
      ]);
      const carrier = await rig.sip.peer(FIRST_TRUNK);
      const fields = { ...INVITE, Via: `SIP/2.0/UDP ${FIRST_TRUNK}:5060;branch=z9hG4bKsame;rport` };
      carrier.request('INVITE', URI, NODE, fields, OFFER);
      await rig.clock.advance(ms);
      carrier.request('CANCEL', URI, NODE, fields);
      await rig.clock.advance(100);
      const last = carrier.statuses('INVITE').at(-1);
      if (last === 200) {
        acknowledge(carrier);
        await rig.clock.advance(10);
        assert.equal(rig.live.size, 1);
      } else {
        assert.equal(last, 487);
        assert.equal(endOf(rig), '1000 Caller');
        carrier.request('ACK', URI, NODE, { ...fields, To: `<${URI}>${tagOf(carrier)}` });
      }
      carrier.close();
      await rig.assertAllClean();
    }
  });

  test('may put us on hold and come back', async () => {
    const { rig, carrier } = await calling([speak('text', 0)]);
    acknowledge(carrier);
    const offers = ['sendonly', 'inactive', 'sendrecv'].map(
      (direction, index) => `${OFFER.replace('o=- 1 1', `o=- 1 ${index + 2}`)}a=${direction}\r\n`,
    );
    for (const [index, offer] of offers.entries()) {
      within(carrier, 'INVITE', index + 2, INVITE, offer);
      await rig.clock.advance(50);
      const answer = carrier.responses('INVITE').at(-1);
      assert.equal(answer?.status, 200);
      assert.match(answer?.body.toString() ?? '', [/a=recvonly/, /a=inactive/, /a=sendrecv|m=audio/][index] ?? /$^/);
      within(carrier, 'ACK', index + 2);
      await rig.clock.advance(50);
    }
    within(carrier, 'INVITE', 5, INVITE, OFFER.replace('o=- 1 1', 'o=- 1 9').replace('RTP/AVP 0', 'RTP/AVP 18'));
    await rig.clock.advance(50);
    assert.equal(carrier.responses('INVITE').at(-1)?.status, 488);
    within(carrier, 'ACK', 5);
    await rig.clock.advance(50);
    assert.equal(rig.only.call.facts.ended, undefined);
    carrier.close();
    await rig.assertAllClean();
  });

  test('presses keys by INFO', async () => {
    const { rig, carrier } = await calling([getDigits({ action: post('http://app.example/menu'), finishOnKey: '' })]);
    acknowledge(carrier);
    within(carrier, 'INFO', 2, { 'Content-Type': 'application/dtmf-relay' }, 'Signal=5\r\nDuration=160\r\n');
    await rig.clock.advance(10);
    within(carrier, 'INFO', 3, { 'Content-Type': 'application/dtmf' }, '11');
    await rig.clock.advance(10);
    within(carrier, 'INFO', 4, { 'Content-Type': 'application/other' }, '7');
    await rig.clock.advance(2_500);
    assert.deepEqual(rig.application.requestsTo('http://app.example/menu').at(0)?.result, { element: 'GetDigits', digits: '5#' });
    assert.deepEqual(carrier.statuses('INFO'), [200, 200, 200]);
    carrier.close();
    await rig.assertAllClean();
  });

  test('from a browser is told of keys by INFO, and of its CallUUID in every response', async () => {
    const early = { element: 'PreAnswer', children: [speak('Please hold')] } as const;
    const { rig, carrier } = await calling([waitFor(1), early, speak('Hello', 0)], {}, browserOffer());
    const { call } = rig.only;
    await rig.clock.advance(1_900);
    const responses = carrier.responses('INVITE');
    assert.deepEqual(
      responses.map(({ status, headers }) => [status, headers.get('X-CallUUID')]),
      [
        [100, undefined],
        [180, call.id],
        [183, call.id],
        [200, call.id],
      ],
    );
    assert.equal(responses[3]?.body.toString(), responses[2]?.body.toString(), 'one description in both');
    acknowledge(carrier);
    await rig.clock.advance(10);
    call.media?.sendDigits('4#', { method: 'rfc4733', toneMs: 120, gapMs: 80 });
    await rig.clock.advance(1_000);
    // What is not answered is sent again.
    const infos = new Map(carrier.requests('INFO').map((request) => [request.headers.get('CSeq'), request]));
    assert.deepEqual(
      [...infos.values()].map(({ headers, body }) => [headers.get('Content-Type'), body.toString()]),
      [
        ['application/dtmf-relay', 'Signal=4\r\nDuration=120\r\n'],
        ['application/dtmf-relay', 'Signal=#\r\nDuration=120\r\n'],
      ],
    );
    await rig.clock.advance(40_000);
    assert.equal(endOf(rig), undefined, 'a browser that does not answer it is not given up for that');
    within(carrier, 'BYE', 2);
    await rig.clock.advance(50);
    assert.equal(endOf(rig), '4000 Caller');
    carrier.close();
    await rig.assertAllClean();
  });

  test('from a browser that is refused is told of its CallUUID too', async () => {
    const { rig, carrier } = await calling([hangup({ reason: 'busy' })], {}, browserOffer());
    const refusal = carrier.responses('INVITE').at(-1);
    assert.deepEqual([refusal?.status, refusal?.headers.get('X-CallUUID')], [486, rig.ended[0]?.callId]);
    assert.match(refusal?.headers.get('Reason') ?? '', /USER_BUSY/);
    acknowledge(carrier);
    carrier.close();
    await rig.assertAllClean();
  });

  test('has every SIP message in its timeline, from the INVITE to the last answer', async () => {
    const { rig, carrier } = await calling([speak('Hello')]);
    acknowledge(carrier);
    await rig.clock.advance(500);
    carrier.respond(carrier.only('BYE'), 200);
    await rig.clock.advance(100);
    const messages = rig.steps.flatMap(({ event, detail }) =>
      event === 'sip' ? [String(detail.message).split(' ').slice(0, 2)] : [],
    );
    assert.deepEqual(
      messages.map(([first, second]) => (first === 'SIP/2.0' ? second : first)),
      ['INVITE', '100', '180', '200', 'ACK', 'BYE', '200'],
    );
    carrier.close();
    await rig.assertAllClean();
  });
});
