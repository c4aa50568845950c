import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MediaRig } from '../../../../testkit/media-rig.ts';
import { createPhone, type Phone, type TestCall } from '../../../../testkit/phone.ts';
import { until } from '../../../../testkit/rtp-peer.ts';
import type { PhoneScript } from './phone-script.ts';

/** Nobody is there: phones call each other by address. */
const NOBODY = { transport: 'udp', address: '127.0.0.1', port: 9 } as const;

describe('virtual phones, over loopback', { concurrency: true }, () => {
  let rig: MediaRig;
  const phones: Phone[] = [];

  const phone = async (script?: PhoneScript) => {
    const made = await createPhone({ target: NOBODY, media: rig.engine, ...(script && { script }) });
    phones.push(made);
    return made;
  };
  /** A phone that calls, and one that is called and does this. */
  const connect = async (script: PhoneScript = [{ do: 'ring' }, { do: 'answer' }]) => {
    const callee = await phone(script);
    const caller = await createPhone({ target: callee.place, media: rig.engine });
    phones.push(caller);
    const call = caller.dial('bert');
    return { call, callee, other: () => callee.incoming() };
  };
  const up = async (script?: PhoneScript): Promise<{ call: TestCall; other: TestCall }> => {
    const { call, other } = await connect(script);
    await call.answered();
    return { call, other: await other() };
  };

  before(() => {
    rig = new MediaRig();
  });
  after(async () => {
    await Promise.all(phones.map((one) => one.close()));
    assert.deepEqual(rig.engine.counts(), { legs: 0, bridges: 0, rooms: 0, ports: 0, recordings: 0 });
    for (const one of phones) {
      const { connections: _, ...counts } = one.stack.sip.counts();
      assert.deepEqual(counts, { calls: 0, dialogs: 0, clientTransactions: 0, serverTransactions: 0, resolving: 0, timers: 0 });
    }
    await rig.close();
    assert.deepEqual(rig.faults, []);
  });

  it('hear tones by frequency, silence and speech, each way', async () => {
    const { call, other } = await up();
    void call.tone(440, 600);
    void other.tone(1000, 400);
    await Promise.all([other.hears({ tone: 440 }), call.hears({ tone: 1000 })]);
    await call.hears({ silenceMs: 300 });
    assert.ok(!call.call.ear.hasHeard({ tone: 440 }) && !call.call.ear.hasHeard({ speechMs: 300 }));
    await assert.rejects(call.hears({ tone: 1000 }, 200), /200 ms of 1000 Hz not heard within 200 ms, but \[.*1000 tone/);
    call.hangUp();
    assert.deepEqual(await other.hasEnded(), { by: 'far', status: undefined, reason: undefined });
    assert.equal((await call.ended).by, 'phone');
  });

  it('hear digits by telephone events, by INFO and in the audio, each once and with its method', async () => {
    const { call, other } = await up();
    for (const [method, digits] of [
      ['rfc4733', '19#'],
      ['info', '2w*'],
      ['inband', '5A'],
    ] as const) {
      await Promise.all([call.press(digits, { method }), other.hears({ digits: digits.replace('w', '') })]);
    }
    await other.hears({ silenceMs: 200 });
    assert.equal(
      other.call.ear.digits.map(({ digit, method }) => `${digit} ${method}`).join(),
      '1 rfc4733,9 rfc4733,# rfc4733,2 info,* info,5 inband,A inband',
    );
    call.hangUp();
  });

  it('ring, and are refused with the status of the script', async () => {
    const { call } = await connect([{ do: 'ring' }, { do: 'wait', ms: 100 }, { do: 'refuse', status: 486, reason: 'Busy here' }]);
    await until(() => call.state === 'ringing', 'ringing');
    assert.deepEqual(await call.hasEnded(), { by: 'far', status: 486, reason: 'Busy here' });
    await assert.rejects(call.answered(), /not answered: 486 Busy here/);
  });

  it('give up a call that is not answered', async () => {
    const { call, other } = await connect([{ do: 'ring' }]);
    await until(() => call.state === 'ringing', 'ringing');
    call.hangUp();
    const { by, status } = await (await other()).hasEnded();
    assert.deepEqual([by, status], ['far', 487]);
  });

  it('send audio before the answer', async () => {
    const tone = { do: 'tone', tone: { hz: 425, ms: 500, dbov: -16 } } as const;
    const { call } = await connect([{ do: 'early' }, tone, { do: 'answer' }]);
    await call.hears({ tone: 425 });
    assert.equal(call.state, 'early');
    await call.answered();
    call.hangUp();
  });

  it('hold and resume: nothing is heard meanwhile', async () => {
    const { call, other } = await up();
    void call.play({ kind: 'tone', tone: { hz: 700, ms: 60_000, dbov: -16 } });
    await other.hears({ tone: 700 });
    assert.equal(await other.call.hold(), true);
    other.call.ear.forget();
    await other.hears({ silenceMs: 400 });
    assert.equal(await other.call.resume(), true);
    await other.hears({ tone: 700 });
    call.hangUp();
  });

  it('vanish: the far end hears nothing any more and gets no answer', async () => {
    const { call, other } = await up([{ do: 'answer' }, { do: 'tone', tone: 'busy', ms: 400 }, { do: 'vanish' }]);
    let lost = false;
    call.call.media?.onMediaTimeout(300, () => {
      lost = true;
    });
    assert.equal((await other.hasEnded()).by, 'vanished');
    await until(() => lost, 'the media timeout');
    assert.equal(call.state, 'answered');
    call.hangUp();
  });

  it('follow a script that listens, and say what was missing when it fails', async () => {
    const script: PhoneScript = [
      { do: 'answer' },
      {
        do: 'repeat',
        times: 2,
        steps: [
          { do: 'hear', expected: { tone: 600 }, withinMs: 2_000 },
          { do: 'press', digits: '7', method: 'rfc4733' },
        ],
      },
      { do: 'hear', expected: { digits: '99' }, withinMs: 200 },
    ];
    const { call, other } = await up(script);
    for (const round of ['first', 'second']) {
      await call.tone(600, 300);
      await call.hears({ digits: '7' }).catch((error: unknown) => assert.fail(`${round}: ${error}`));
    }
    assert.equal((await other.hasEnded()).by, 'error');
    assert.equal(other.call.scriptError, 'the digits 99 not heard within 200 ms');
    assert.equal((await call.hasEnded()).by, 'far');
  });
});
