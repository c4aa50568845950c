import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { MediaRig } from '../../testkit/media-rig.ts';
import { until } from '../../testkit/rtp-peer.ts';
import { encodeMulaw } from './codecs/g711.ts';
import { dtmfSource } from './dtmf/generator.ts';
import { writeRtpHeader } from './rtp/rtp-packet.ts';

describe('digits on a leg', { concurrency: 4 }, async () => {
  const rig = new MediaRig();
  after(() => rig.close());

  it('are heard once each by RFC 4733, at their start', async () => {
    const { leg, peer } = await rig.call();
    const heard: string[] = [];
    const unsubscribe = leg.onDigit((digit, method) => heard.push(`${digit} ${method}`));
    peer.speak(leg.localPort, 0);
    const pressing = peer.press('4', 400);
    await until(() => heard.length === 1, 'a digit while the key is down', 300);
    await pressing;
    await peer.press('4');
    await until(() => heard.length === 2, 'the second digit');
    leg.digitFromSignalling('*');
    await until(() => heard.length === 3, 'the digit of signalling');
    assert.deepEqual(heard, ['4 rfc4733', '4 rfc4733', '* info']);
    unsubscribe();
    await peer.press('1');
    await leg.close();
    assert.equal(heard.length, 3);
  });

  it('are found in the sound when the far end has no telephone events', async () => {
    const { leg, peer } = await rig.call({ flow: { telephoneEventPayloadType: undefined } });
    const heard: string[] = [];
    leg.onDigit((digit, method) => heard.push(`${digit} ${method}`));
    const source = dtmfSource(8_000, [
      { digit: '8', ms: 100 },
      { digit: undefined, ms: 100 },
      { digit: '#', ms: 100 },
      { digit: undefined, ms: 300 },
    ]);
    const frame = new Int16Array(160);
    for (let sequence = 0; sequence < 30; sequence++) {
      source.read(frame);
      const packet = new Uint8Array(172);
      writeRtpHeader(packet, 0, false, sequence, sequence * 160, 77);
      encodeMulaw(frame, packet, 12);
      peer.sendRaw(leg.localPort, packet);
      await new Promise((resolve) => setTimeout(resolve, 18));
    }
    await until(() => heard.length === 2, 'two digits');
    assert.deepEqual(heard, ['8 inband', '# inband']);
    await leg.close();
  });

  it('are sent by RFC 4733 with pauses, and told when the first and the last are out', async () => {
    const { leg, peer } = await rig.call();
    const from = performance.now();
    const sending = leg.sendDigits('1w1A', { method: 'rfc4733', toneMs: 100, gapMs: 60 });
    await sending.firstSent;
    const first = performance.now() - from;
    await sending.allSent;
    const all = performance.now() - from;
    await until(() => peer.digits.length === 3, 'three digits');
    assert.equal(peer.digits.join(''), '11A');
    assert.ok(first < 120, `${first} ms`);
    // 100 + 60 + 500 + 100 + 60 + 100
    assert.ok(all > 850 && all < 1_300, `${all} ms`);
    const events = peer.packets.filter((packet) => packet.payloadType === 101);
    assert.equal(events.filter((packet) => packet.marker).length, 3, 'the marker begins each event');
    for (const [index, packet] of peer.packets.entries()) {
      const before = peer.packets[index - 1];
      if (before) assert.equal(packet.sequence, (before.sequence + 1) & 0xffff);
    }
  });

  it('are sent as sound where that is asked for or all the far end takes', async () => {
    const { leg, peer } = await rig.call({ flow: { telephoneEventPayloadType: undefined } });
    await leg.sendDigits('5', { method: 'rfc4733', toneMs: 200, gapMs: 40 }).allSent;
    await until(() => peer.heard(100).some((sample) => Math.abs(sample) > 3_000), 'a tone');
    assert.equal(peer.digits.length, 0);
  });

  it('stop with the signal', async () => {
    const { leg, peer } = await rig.call();
    const abort = new AbortController();
    const sending = leg.sendDigits('1WW2', { method: 'rfc4733', toneMs: 60, gapMs: 40 }, abort.signal);
    await sending.firstSent;
    abort.abort();
    await sending.allSent;
    const next = leg.sendDigits('3', { method: 'rfc4733', toneMs: 60, gapMs: 40 });
    await next.allSent;
    await until(() => peer.digits.at(-1) === '3', 'the next digit');
    assert.ok(!peer.digits.includes('2'));
  });
});
