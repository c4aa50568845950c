import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecByName, codecs, telephonyCodecs } from './registry.ts';

test('a codec is found by its SDP name in any letter case', () => {
  assert.equal(codecByName('pcmu')?.payloadType, 0);
  assert.equal(codecByName('PCMA')?.payloadType, 8);
  assert.equal(codecByName('g722')?.sampleRate, 16000);
  assert.equal(codecByName('G729'), undefined);
});

test('names and payload types are unique, and a frame of silence fills a packet of 20 ms', () => {
  assert.equal(new Set(codecs.map(({ name }) => name)).size, codecs.length);
  assert.equal(new Set(codecs.map(({ payloadType }) => payloadType)).size, codecs.length);
  for (const codec of telephonyCodecs) {
    assert.equal(codec.packetTicks(codec.silence, 0, codec.silence.length), codec.rtpClockRate / 50);
    const pcm = new Int16Array(640);
    assert.equal(codec.createDecoder().decode(codec.silence, 0, codec.silence.length, pcm), codec.sampleRate / 50);
  }
});
