/** What the sink SMSC can take at most: a raw client keeps full windows open on two binds and counts the answers. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSinkProcess } from './sink-process.ts';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
/** As many submits unanswered a link as a fast client would keep. */
const WINDOW = 100;
const LINKS = 2;

function submit(): Buffer {
  const body = Buffer.concat([
    Buffer.from('\0\x01\x0114155550100\0\x01\x01447400000001\0', 'latin1'),
    Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 3]),
    Buffer.from('hey', 'latin1'),
  ]);
  const pdu = Buffer.alloc(16 + body.length);
  pdu.writeUInt32BE(pdu.length, 0);
  pdu.writeUInt32BE(4, 4);
  pdu.writeUInt32BE(1, 12);
  body.copy(pdu, 16);
  return pdu;
}

const sink = await startSinkProcess({ receipts: false });
const pdu = submit();
const sockets = Array.from({ length: LINKS }, () => {
  const socket = connect({ port: sink.port, host: '127.0.0.1', noDelay: true });
  let left = 0;
  let need = 0;
  let lengthOctets = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    let answers = 0;
    let at = 0;
    while (at < chunk.length) {
      if (left > 0) {
        const take = Math.min(left, chunk.length - at);
        left -= take;
        at += take;
        if (left === 0) answers++;
        continue;
      }
      need = 4 - lengthOctets.length;
      lengthOctets = Buffer.concat([lengthOctets, chunk.subarray(at, at + need)]);
      at += need;
      if (lengthOctets.length === 4) {
        left = lengthOctets.readUInt32BE(0) - 4;
        lengthOctets = Buffer.alloc(0);
      }
    }
    if (answers > 0) socket.write(Buffer.concat(Array.from({ length: answers }, () => pdu)));
  });
  socket.write(Buffer.concat(Array.from({ length: WINDOW }, () => pdu)));
  return socket;
});
await sleep(500);
const before = await sink.counts();
const started = performance.now();
await sleep(SECONDS * 1000);
const after = await sink.counts();
const rate = ((after.submits - before.submits) * 1000) / (performance.now() - started);
process.stdout.write(`sink SMSC: ${Math.round(rate)} submits answered a second on ${LINKS} links, window ${WINDOW}\n`);
for (const socket of sockets) socket.destroy();
await sink.stop();
