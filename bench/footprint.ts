/**
 * What Ringdown costs when it does nothing: time to ready on a first start (with initdb) and on later ones, and resident memory of the
 * server with its database after it has sat idle for a while. Environment: BENCH_STARTS (3), BENCH_IDLE_SECONDS (20).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '../acceptance/server.ts';
import { memory, processTree } from './process-cost.ts';

const STARTS = Number(process.env.BENCH_STARTS ?? 3);
const IDLE_SECONDS = Number(process.env.BENCH_IDLE_SECONDS ?? 20);

const print = (line: string) => process.stdout.write(`${line}\n`);
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const first: number[] = [];
const later: number[] = [];
for (let turn = 1; turn <= STARTS; turn++) {
  const dataDir = await mkdtemp(join(tmpdir(), 'ringdown-footprint-'));
  try {
    const server = await startServer({ name: 'footprint', dataDir });
    first.push(server.readyAfterMs);
    await server.stop();
    await server.start();
    later.push(server.readyAfterMs);
    if (turn === STARTS) {
      await sleep(IDLE_SECONDS * 1000);
      const { rssMb, pssMb, processes } = await memory([server.pid]);
      const names = (await processTree([server.pid])).map((row) => row.name);
      print(
        `idle for ${IDLE_SECONDS} s: RSS ${rssMb.toFixed(0)} MB (sum over ${processes} processes), PSS ${pssMb.toFixed(0)} MB`,
      );
      print(
        `processes: ${[...new Set(names)].map((name) => `${names.filter((other) => other === name).length} x ${name}`).join(', ')}`,
      );
    }
    await server.dispose();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
print(`ready after the first start: ${median(first).toFixed(0)} ms (worst ${Math.max(...first).toFixed(0)}), limit 5000`);
print(`ready after later starts: ${median(later).toFixed(0)} ms (worst ${Math.max(...later).toFixed(0)}), limit 2000`);
