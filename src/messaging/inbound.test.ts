import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createSubtenant } from '../../testkit/api-client.ts';
import { MessagingRig, OWN, PHONE } from '../../testkit/messaging-rig.ts';

let rig: MessagingRig;
before(async () => {
  rig = await MessagingRig.start();
  await rig.answerWith(OWN, '/inbound');
});
after(() => rig.close());
beforeEach(() => {
  rig.lab.submits.length = 0;
  rig.hooks.received.length = 0;
  rig.hooks.respond = (_, response) => response.end();
});

const inboundRows = () =>
  rig.query<{ id: string; state: string; text: string | null; from_number: string; intent: string | null }>(
    `select id, state, text, from_number, intent from messages where direction = 'inbound' order by id`,
  );
const newest = async () => (await inboundRows()).at(-1) ?? assert.fail('nothing came in');
const xml = (body: string) => `<?xml version="1.0"?><Response>${body}</Response>`;
const answerXml = (body: string) => {
  rig.hooks.respond = (_, response) => response.setHeader('content-type', 'text/xml').end(xml(body));
};

describe('an inbound message', () => {
  it('goes to the application of its number, and its state follows the answer', async () => {
    await rig.lab.inbound(`+${PHONE}`, `+${OWN}`, 'Hello there', { parts: 2 });
    const [hook] = await rig.hooks.receive(1);
    assert.deepEqual(
      [hook?.path, hook?.params.From, hook?.params.To, hook?.params.Text, hook?.params.Units, hook?.params.Type],
      ['/inbound', PHONE, OWN, 'Hello there', '2', 'sms'],
    );
    const { id } = await newest();
    assert.equal(hook?.params.MessageUUID, id);
    await rig.reaches(id, 'delivered');
  });

  it('ends undelivered with 300 when the application never answers well', async () => {
    rig.hooks.respond = (_, response) => {
      response.statusCode = 500;
      response.end();
    };
    await rig.lab.inbound(PHONE, OWN, 'Anybody?');
    const { id } = await newest();
    await rig.until(async () => (await rig.stateOf(id)) === 'undelivered 300', undefined, 1_000);
    assert.equal(rig.hooks.received.length, 4);
  });

  it('for a number without an application stays received', async () => {
    await rig.addNumber('14155550110');
    await rig.lab.inbound(PHONE, '14155550110', 'Hello');
    await rig.pass(500);
    assert.equal((await newest()).state, 'received');
    assert.equal(rig.hooks.received.length, 0);
  });

  it('for a number nobody has is taken and dropped', async () => {
    const before = (await inboundRows()).length;
    await rig.lab.inbound(PHONE, '14155559999', 'Hello');
    assert.equal((await inboundRows()).length, before);
  });

  it('with characters that cannot be stored reaches the application whole, and its timeline can be read', async () => {
    const text = 'a\u0000b \ud83d end';
    await rig.lab.inbound(PHONE, OWN, text);
    const [hook] = await rig.hooks.receive(1);
    assert.equal(hook?.params.Text, 'a\u0000b \ufffd end');
    const { id } = await newest();
    await rig.reaches(id, 'delivered');
    assert.ok((await rig.timeline(id)).some(({ event }) => event === 'webhook'));
  });

  it('on a subaccount’s number is the subaccount’s', async () => {
    const sub = await createSubtenant(rig.fixture, rig.tenant, 'Sub');
    await rig.addNumber('14155550111', { subaccount_id: sub.authId });
    await rig.lab.inbound(PHONE, '14155550111', 'Hello');
    const { id } = await newest();
    assert.equal((await sub.get(`Message/${id}/`)).status, 200);
  });
});

describe('an answer with Message XML', () => {
  it('is sent, in order, once even if the outcome is handled twice', async () => {
    answerXml(
      `<Message src="${OWN}" dst="${PHONE}">One</Message><Message src="${OWN}" dst="${PHONE}&lt;14155550124">Two</Message>`,
    );
    // The handler fails after it has sent, as when the process dies before the end of the webhook is recorded.
    const finish = rig.messaging.inboundStore.finish.bind(rig.messaging.inboundStore);
    let failures = 0;
    rig.messaging.inboundStore.finish = async (...parameters) => {
      if (failures++ === 0) throw new Error('the database is away');
      return finish(...parameters);
    };
    await rig.lab.inbound(PHONE, OWN, 'Ping');
    const { id } = await newest();
    await rig.reaches(id, 'delivered');
    rig.messaging.inboundStore.finish = finish;
    await rig.until(() => rig.lab.submits.length >= 3 && rig.messaging.dispatcher.inHand.size === 0);
    await rig.pass(500);
    assert.deepEqual(
      rig.lab.submits.map(({ dst, text }) => `${dst} ${text}`),
      [`${PHONE} One`, `${PHONE} Two`, '14155550124 Two'],
    );
    assert.equal(failures, 2);
  });

  it('that is no Message XML, or sends where it may not, is noted in the timeline and costs nothing else', async () => {
    answerXml(`<Message src="${OWN}" dst="12x">Bad</Message><Message src="${OWN}" dst="${PHONE}">Good</Message>`);
    await rig.lab.inbound(PHONE, OWN, 'Ping');
    const { id } = await newest();
    await rig.reaches(id, 'delivered');
    await rig.until(() => rig.lab.submits.length === 1);
    const notes = (await rig.timeline(id)).filter(({ event }) => event.startsWith('xml'));
    assert.equal(notes.length, 2);
    assert.match(String(notes[0]?.detail.error), /12x/);
    answerXml('<Message');
    await rig.lab.inbound(PHONE, OWN, 'Ping');
    const broken = (await newest()).id;
    await rig.reaches(broken, 'delivered');
    assert.ok((await rig.timeline(broken)).some(({ event }) => event === 'xml_error'));
  });
});

describe('a long message that is handed over again after a crash', () => {
  it('is stored, charged and told once', async () => {
    const origin = { name: 'set 7, parts 1 2', at: rig.clock.now() - 400_000 };
    const before = (await inboundRows()).length;
    await rig.lab.inbound(PHONE, OWN, 'Twice?', { parts: 2, origin });
    await rig.hooks.receive(1);
    await rig.lab.inbound(PHONE, OWN, 'Twice?', { parts: 2, origin });
    await rig.lab.inbound(PHONE, OWN, 'Another', { parts: 2, origin: { ...origin, name: 'set 8, parts 1 2' } });
    await rig.hooks.receive(2);
    await rig.pass(300);
    assert.deepEqual(
      rig.hooks.received.map(({ params }) => params.Text),
      ['Twice?', 'Another'],
    );
    assert.equal((await inboundRows()).length, before + 2);
  });
});

describe('opt-outs', () => {
  const FAN = '14155550188';

  it('STOP is answered once and blocks, START lifts it, and both are told to the application', async () => {
    await rig.lab.inbound(FAN, OWN, ' stop ');
    await rig.until(() => rig.lab.submits.length === 1);
    await rig.lab.inbound(FAN, OWN, 'STOP');
    await rig.lab.inbound(FAN, OWN, 'Stop it!');
    await rig.pass(300);
    assert.equal(rig.lab.submits.length, 1, 'one answer');
    assert.equal(rig.lab.submits[0]?.dst, FAN);
    await rig.reaches(await rig.sendOne({ dst: FAN, text: 'Sorry to see you go' }), 'sent');
    const id = await rig.sendOne({ dst: FAN, url: rig.hooks.url('/blocked') });
    await rig.reaches(id, 'failed 200');
    await rig.until(() => rig.callbacks(id).length === 2);
    assert.deepEqual(rig.statuses(id), ['1 queued', '2 failed']);
    await rig.reaches(await rig.sendOne({ dst: PHONE }), 'sent');
    await rig.lab.inbound(FAN, OWN, 'START');
    await rig.reaches(await rig.sendOne({ dst: FAN }), 'sent');
    const intents = rig.hooks.received.filter(({ path }) => path === '/inbound').map(({ params }) => params.MessageIntent);
    assert.deepEqual([...intents].sort(), ['', 'optin', 'optout', 'optout']);
    await rig.until(() => rig.lab.submits.length === 5);
  });

  it('let one acknowledgement of the application through within five minutes, of several at once one', async () => {
    const late = '14155550186';
    await rig.lab.inbound(late, OWN, 'STOP');
    await rig.lab.inbound('14155550187', OWN, 'STOP');
    const ids = await Promise.all([1, 2, 3].map(() => rig.sendOne({ dst: '14155550187' })));
    await rig.pass(500);
    const states = await Promise.all(ids.map((id) => rig.stateOf(id)));
    assert.deepEqual(states.map((state) => (state === 'failed 200' ? 'blocked' : 'let through')).sort(), [
      'blocked',
      'blocked',
      'let through',
    ]);
    await rig.clock.advance(5 * 60_000);
    await rig.reaches(await rig.sendOne({ dst: late }), 'failed 200');
  });

  it('two STOPs at the same moment are answered once', async () => {
    await Promise.all([rig.lab.inbound('14155550189', OWN, 'STOP'), rig.lab.inbound('14155550189', OWN, 'STOP')]);
    await rig.until(() => rig.lab.submits.length > 0);
    await rig.pass(500);
    assert.equal(rig.lab.submits.length, 1);
  });

  it('a pair is blocked, not the number and not the subscriber', async () => {
    await rig.addNumber('14155550112');
    await rig.lab.inbound('14155550190', OWN, 'STOP');
    await rig.sendOne({ dst: '14155550190' });
    await rig.reaches(await rig.sendOne({ dst: '14155550190' }), 'failed 200');
    await rig.reaches(await rig.sendOne({ src: '14155550112', dst: '14155550190' }), 'sent');
  });

  describe('of one number of a 10DLC campaign', () => {
    const [first, second, outside] = ['14155550120', '14155550121', '14155550122'] as const;
    const inCampaign = (campaign: string | null) => ({
      details: JSON.stringify(campaign ? { tendlcRegistrationStatus: 'COMPLETED', tendlcCampaignId: campaign } : {}),
    });
    const move = async (number: string, campaign: string | null) => {
      await rig.query('update numbers set details = $2 where number = $1', [number, inCampaign(campaign).details]);
      rig.fixture.services.numberDirectory.invalidateAll();
    };
    const reaches = async (state: string, src: string, dst: string) => rig.reaches(await rig.sendOne({ src, dst }), state);
    before(async () => {
      await rig.addNumber(first, inCampaign('CFAN001'));
      await rig.addNumber(second, inCampaign('CFAN001'));
      await rig.addNumber(outside);
    });

    it('hold for the whole campaign, also for numbers that are linked later, and for no other number', async () => {
      const fan = '14155550192';
      await rig.lab.inbound(fan, first, 'STOP');
      await reaches('sent', second, fan);
      await reaches('failed 200', first, fan);
      await reaches('failed 200', second, fan);
      await reaches('sent', outside, fan);
      await move(outside, 'CFAN001');
      await reaches('failed 200', outside, fan);
      await move(outside, null);
    });

    it('are lifted by a START to any of its numbers', async () => {
      const fan = '14155550193';
      await rig.lab.inbound(fan, first, 'STOP');
      await rig.lab.inbound(fan, second, 'START');
      await reaches('sent', second, fan);
      await reaches('sent', first, fan);
    });

    it('hold for the number when it has left the campaign, and for the campaign when the number is opted in elsewhere', async () => {
      const fan = '14155550194';
      await rig.lab.inbound(fan, first, 'STOP');
      await reaches('sent', first, fan);
      await move(first, 'CFAN002');
      await reaches('failed 200', first, fan);
      await rig.lab.inbound(fan, first, 'START');
      await reaches('sent', first, fan);
      await reaches('failed 200', second, fan);
      await move(first, 'CFAN001');
      await reaches('failed 200', first, fan);
    });

    it('hold too where it was made before the number was linked', async () => {
      const fan = '14155550195';
      await rig.lab.inbound(fan, outside, 'STOP');
      await move(outside, 'CFAN001');
      await reaches('sent', second, fan);
      await rig.lab.inbound(fan, outside, 'STOP');
      await reaches('sent', second, fan);
      await reaches('failed 200', outside, fan);
      await reaches('failed 200', second, fan);
      await rig.lab.inbound(fan, second, 'START');
      await reaches('sent', outside, fan);
    });

    it('leave one acknowledgement to the campaign, of several at once one', async () => {
      const fan = '14155550196';
      await rig.lab.inbound(fan, first, 'STOP');
      const ids = await Promise.all([first, second, first, second].map((src) => rig.sendOne({ src, dst: fan })));
      await rig.pass(500);
      const states = await Promise.all(ids.map((id) => rig.stateOf(id)));
      assert.equal(states.filter((state) => state === 'failed 200').length, 3);
    });
  });

  it('are not handled where the account has them off', async () => {
    await rig.setSettings({ optOutHandling: false });
    await rig.lab.inbound('14155550191', OWN, 'STOP');
    await rig.reaches(await rig.sendOne({ dst: '14155550191' }), 'sent');
    await rig.setSettings({ optOutHandling: true });
  });
});

describe('what an application does not want logged', () => {
  it('is kept nowhere once its webhook has ended, and reaches the application in full', async () => {
    await rig.addNumber('14155550113');
    await rig.answerWith('14155550113', '/private', { log_incoming_messages: false });
    answerXml('');
    await rig.lab.inbound('14155550166', '14155550113', 'something private');
    await rig.until(() => rig.hooks.received.some(({ params }) => params.Text === 'something private'));
    const row = await newest();
    await rig.reaches(row.id, 'delivered');
    await rig.pass(1_500);
    assert.deepEqual([row.text, row.from_number], [null, '14155550***']);
    assert.deepEqual(await rig.placesOf('something private'), []);
    assert.deepEqual(await rig.placesOf('14155550166'), []);
  });

  it('neither is the automatic answer to it; the opt-out itself must be', async () => {
    await rig.lab.inbound('14155550167', '14155550113', 'STOP');
    await rig.until(() => rig.lab.submits.length === 1);
    assert.equal(rig.lab.submits[0]?.dst, '14155550167');
    await rig.pass(1_500);
    assert.deepEqual(await rig.placesOf('14155550167'), ['opt_outs.subscriber']);
  });
});

describe('an inbound MMS', () => {
  it('has its media stored and served', async () => {
    const bytes = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    await rig.lab.inbound(PHONE, OWN, 'Look', {
      service: 'mms',
      media: [{ contentType: 'image/png', fileName: 'a.png', bytes }],
    });
    const [hook] = await rig.hooks.receive(1);
    assert.deepEqual([hook?.params.MediaCount, hook?.params.Body, hook?.params.Text], ['1', 'Look', 'Look']);
    const path = new URL(hook?.params.Media0 ?? '').pathname;
    const served = await rig.fixture.http.inject({ url: path });
    assert.deepEqual([served.statusCode, served.rawPayload.equals(bytes)], [200, true]);
    const { id } = await newest();
    await rig.reaches(id, 'delivered');
    const list = await rig.tenant.get(`Message/${id}/Media/`);
    assert.equal(Array.isArray(list.body.objects) && list.body.objects.length, 1);
  });
});
