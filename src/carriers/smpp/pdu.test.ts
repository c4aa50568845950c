import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { commandIds } from './commands.ts';
import { Framer, MAX_PDU_LENGTH } from './framer.ts';
import { decodePdu, encodePdu, HEADER_LENGTH, type Pdu } from './pdu.ts';
import { BufferSink } from './pdu-fields.ts';
import { Status } from './statuses.ts';

/** Plain objects, as the decoder makes them. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true });
const octet = fc.integer({ min: 0, max: 255 });
const cString = (maxLength: number) =>
  fc.array(fc.integer({ min: 1, max: 255 }), { maxLength }).map((units) => String.fromCharCode(...units));
const octets = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));
const tlvs = fc.array(record({ tag: fc.integer({ min: 0, max: 0xffff }), value: octets(300) }), { maxLength: 5 });
const address = { sourceTon: octet, sourceNpi: octet, destTon: octet, destNpi: octet };
const numbered = { sequence: fc.integer({ min: 0, max: 0xffffffff }), status: fc.integer({ min: 0, max: 0xffffffff }) };

const bind = record({
  ...numbered,
  command: fc.constantFrom('bind_receiver' as const, 'bind_transmitter' as const, 'bind_transceiver' as const),
  body: record({
    systemId: cString(15),
    password: cString(64),
    systemType: cString(12),
    interfaceVersion: octet,
    addressTon: octet,
    addressNpi: octet,
    addressRange: cString(40),
  }),
});
const bindResponse = record({
  ...numbered,
  command: fc.constantFrom('bind_receiver_resp' as const, 'bind_transmitter_resp' as const, 'bind_transceiver_resp' as const),
  body: record({ systemId: cString(15), tlvs }),
});
const shortMessage = record({
  ...numbered,
  command: fc.constantFrom('submit_sm' as const, 'deliver_sm' as const),
  body: record({
    ...address,
    serviceType: cString(5),
    source: cString(20),
    dest: cString(20),
    esmClass: octet,
    protocolId: octet,
    priority: octet,
    scheduleDelivery: cString(16),
    validityPeriod: cString(16),
    registeredDelivery: octet,
    replaceIfPresent: octet,
    dataCoding: octet,
    defaultMessageId: octet,
    shortMessage: octets(254),
    tlvs,
  }),
});
const dataSm = record({
  ...numbered,
  command: fc.constant('data_sm' as const),
  body: record({
    ...address,
    serviceType: cString(5),
    source: cString(64),
    dest: cString(64),
    esmClass: octet,
    registeredDelivery: octet,
    dataCoding: octet,
    tlvs,
  }),
});
const messageResponse = record({
  ...numbered,
  command: fc.constantFrom('submit_sm_resp' as const, 'deliver_sm_resp' as const, 'data_sm_resp' as const),
  body: record({ messageId: cString(64), tlvs }),
});
const outbind = record({
  ...numbered,
  command: fc.constant('outbind' as const),
  body: record({ systemId: cString(15), password: cString(64) }),
});
const alert = record({
  ...numbered,
  command: fc.constant('alert_notification' as const),
  body: record({
    sourceTon: octet,
    sourceNpi: octet,
    source: cString(64),
    esmeTon: octet,
    esmeNpi: octet,
    esme: cString(64),
    tlvs,
  }),
});
const bodiless = record({
  ...numbered,
  command: fc.constantFrom(
    'generic_nack' as const,
    'unbind' as const,
    'unbind_resp' as const,
    'enquire_link' as const,
    'enquire_link_resp' as const,
  ),
});
const anyPdu: fc.Arbitrary<Pdu> = fc.oneof(bind, bindResponse, shortMessage, dataSm, messageResponse, outbind, alert, bodiless);

function encoded(pdu: Pdu): Buffer {
  const sink = new BufferSink();
  encodePdu(sink, pdu);
  return sink.take();
}

/** A submit_sm that real clients send, octet by octet (SMPP 3.4 §4.4.1). */
const CAPTURED = [
  '0000003d 00000004 00000000 00000007', // header: length, submit_sm, status, sequence
  '00', // service_type
  '01 01 3132333435 00', // source
  '01 01 343437373030393030303031 00', // destination
  '00 00 00', // esm_class, protocol_id, priority_flag
  '00 00', // schedule_delivery_time, validity_period
  '01 00 00 00', // registered_delivery, replace_if_present_flag, data_coding, sm_default_msg_id
  '0b 48656c6c6f20776f726c64',
].join('');

describe('SMPP codec', () => {
  it('reads and writes a submit_sm octet by octet', () => {
    const octets = Buffer.from(CAPTURED.replaceAll(' ', ''), 'hex');
    const pdu = decodePdu(octets, 0, octets.length);
    assert.equal(pdu.command, 'submit_sm');
    if (pdu.command !== 'submit_sm') return;
    assert.equal(pdu.sequence, 7);
    assert.equal(pdu.body.source, '12345');
    assert.equal(pdu.body.dest, '447700900001');
    assert.equal(Buffer.from(pdu.body.shortMessage).toString('latin1'), 'Hello world');
    assert.deepEqual(encoded(pdu), octets);
  });

  it('reads back every PDU it writes', () => {
    fc.assert(
      fc.property(anyPdu, (pdu) => {
        const octets = encoded(pdu);
        assert.equal(octets.readUInt32BE(0), octets.length);
        assert.deepEqual(decodePdu(octets, 0, octets.length), { ...pdu });
      }),
      { numRuns: 500 },
    );
  });

  it('knows a command for every id in its table', () => {
    for (const id of Object.values(commandIds)) {
      const header = Buffer.alloc(HEADER_LENGTH);
      header.writeUInt32BE(id, 4);
      const pdu = decodePdu(header, 0, header.length);
      assert.ok(pdu.command !== 'malformed' || pdu.of !== undefined);
    }
  });

  it('names what is wrong with a PDU: unknown id, body too short, parameter past the end, overlong string', () => {
    const fault = (id: number, body: Buffer) => {
      const octets = Buffer.concat([Buffer.alloc(HEADER_LENGTH), body]);
      octets.writeUInt32BE(id, 4);
      const pdu = decodePdu(octets, 0, octets.length);
      return pdu.command === 'malformed' ? pdu.fault : 'well-formed';
    };
    assert.equal(fault(0x00000003, Buffer.alloc(0)), Status.invalidCommandId);
    assert.equal(fault(commandIds.deliver_sm, Buffer.alloc(3)), Status.invalidCommandLength);
    assert.equal(fault(commandIds.deliver_sm, Buffer.alloc(40, 0x41)), Status.invalidParameterLength);
    const deliver = Buffer.concat([Buffer.alloc(17), Buffer.from('0424ffff41', 'hex')]);
    assert.equal(fault(commandIds.deliver_sm, deliver), Status.invalidOptionalStream);
  });

  it('keeps the message id of a response whose parameters are broken, and reads refusals without a body', () => {
    const octets = Buffer.concat([Buffer.alloc(HEADER_LENGTH), Buffer.from('6162630004', 'hex')]);
    octets.writeUInt32BE(commandIds.submit_sm_resp, 4);
    const pdu = decodePdu(octets, 0, octets.length);
    assert.ok(pdu.command === 'submit_sm_resp');
    assert.equal(pdu.body.messageId, 'abc');
    const bare = decodePdu(octets, 0, HEADER_LENGTH);
    assert.ok(bare.command === 'submit_sm_resp');
    assert.equal(bare.body.messageId, '');
  });

  it('refuses to write what does not fit, and leaves the sink as it was', () => {
    const sink = new BufferSink();
    const pdu: Pdu = { command: 'submit_sm_resp', status: 0, sequence: 1, body: { messageId: 'x'.repeat(65), tlvs: [] } };
    assert.throws(() => encodePdu(sink, pdu), RangeError);
    assert.throws(() => encodePdu(sink, { ...pdu, body: { messageId: 'a\0b', tlvs: [] } }), RangeError);
    assert.equal(sink.at, 0);
  });
});

describe('PDU framer', () => {
  const framesOf = (chunks: readonly Buffer[], limit = MAX_PDU_LENGTH) => {
    const frames: Buffer[] = [];
    const framer = new Framer(limit, (buffer, start, end) => frames.push(Buffer.from(buffer.subarray(start, end))));
    for (const chunk of chunks) framer.push(chunk);
    return { frames, framer };
  };

  it('finds the same PDUs wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(anyPdu, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(), { maxLength: 20 }), (pdus, cuts) => {
        const whole = pdus.map(encoded);
        const stream = Buffer.concat(whole);
        const places = [...new Set(cuts.map((cut) => cut % stream.length))].sort((a, b) => a - b);
        const chunks = [...places, stream.length].map((end, index) => stream.subarray(index === 0 ? 0 : places[index - 1], end));
        const { frames, framer } = framesOf(chunks);
        assert.deepEqual(frames, whole);
        assert.equal(framer.held, 0);
      }),
      { numRuns: 300 },
    );
  });

  it('finds them when they come octet by octet', () => {
    const pdus = [encoded({ command: 'enquire_link', status: 0, sequence: 1 }), Buffer.from(CAPTURED.replaceAll(' ', ''), 'hex')];
    const { frames } = framesOf([...Buffer.concat(pdus)].map((byte) => Buffer.of(byte)));
    assert.deepEqual(frames, pdus);
  });

  it('gives up on lengths below a header or above the limit, and holds nothing then', () => {
    for (const length of [0, 15, 65_537, 0xffffffff]) {
      const bad = Buffer.alloc(40);
      bad.writeUInt32BE(length, 0);
      const { frames, framer } = framesOf([bad, Buffer.alloc(1000)]);
      assert.equal(framer.broken, true);
      assert.equal(framer.brokenLength, length);
      assert.equal(framer.held, 0);
      assert.equal(frames.length, 0);
    }
  });

  it('stops in the middle of a chunk when told to, and goes on from there', () => {
    const pdu = encoded({ command: 'enquire_link', status: 0, sequence: 1 });
    let seen = 0;
    const framer = new Framer(MAX_PDU_LENGTH, () => {
      seen++;
      if (seen % 2 === 0) framer.pause();
    });
    framer.push(Buffer.concat([pdu, pdu, pdu, pdu, pdu]));
    assert.equal(seen, 2);
    assert.equal(framer.held, 3 * pdu.length);
    framer.resume();
    assert.equal(seen, 4);
    framer.resume();
    assert.equal(seen, 5);
    assert.equal(framer.held, 0);
  });

  it('survives 50,000 mutated PDUs without a throw, in time that grows with their octets only', () => {
    const samples = fc.sample(anyPdu, { numRuns: 200, seed: 3 }).map(encoded);
    let state = 0x2545f491;
    const next = (below: number) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
    let framed = 0;
    let malformed = 0;
    const framer = () =>
      new Framer(MAX_PDU_LENGTH, (buffer, start, end) => {
        framed++;
        if (decodePdu(buffer, start, end).command === 'malformed') malformed++;
      });
    let current = framer();
    const begin = process.cpuUsage();
    for (let round = 0; round < 50_000; round++) {
      const sample = Buffer.from(samples[next(samples.length)] ?? []);
      for (let hits = 1 + next(4); hits > 0; hits--) sample[4 + next(sample.length - 4)] = next(256);
      if (next(50) === 0) sample[next(4)] = next(256);
      current.push(sample.subarray(0, next(100) === 0 ? next(sample.length) : sample.length));
      if (current.broken) current = framer();
    }
    const { user } = process.cpuUsage(begin);
    assert.ok(framed > 10_000, `${framed} framed`);
    assert.ok(malformed > 1000, `${malformed} malformed`);
    assert.ok(user < 10_000_000, `${user} µs`);
  });
});
