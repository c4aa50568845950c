/**
 * The test SMSC as a process of its own, for benchmarks and black-box suites: prints one JSON line `{"port": n}` when it listens,
 * and a line of counters for every line it reads; ends when standard input does.
 *
 *   node testkit/smsc-process.ts [--port=2775] [--receipts] [--record]
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Smsc } from './smsc.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    receipts: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});

const smsc = await Smsc.listen({
  port: Number(values.port),
  record: values.record,
  ...(values.receipts
    ? { receipts: (submit) => [{ messageId: submit.messageId, source: submit.body.dest, dest: submit.body.source }] }
    : {}),
});
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ port: smsc.port });
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const cpu = process.cpuUsage();
  say({
    arrived: smsc.arrived,
    taken: smsc.taken,
    cpuMicros: cpu.user + cpu.system,
    ...(line === 'texts' ? { texts: smsc.texts() } : {}),
  });
});
lines.on('close', () => void smsc.close());
