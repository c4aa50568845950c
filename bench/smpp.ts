/**
 * Submits over one SMPP bind: this carrier beside the npm package `smpp`, against the test SMSC in a process of its own, in turn
 * in the same run. Reports submits per second and CPU time of the client process per submit, answer included.
 *
 * Measured on two cores of an AMD EPYC, Node 24, 60,000 submits, rounds after the warm-up: window 10: 82-92 thousand submits/s at
 * 6-7 µs CPU each, the package 19-20 thousand at 26-28 µs; window 50: 186-203 thousand at 3-5 µs, the package 20-26 thousand at 24 µs.
 * At the aimed 6,000 submits/s beside an HTTP server that is under 5 % of a core. It is why the codec writes into a shared buffer
 * (`outbox.ts`) with one write an event-loop turn, and why there is one timer a window (`window.ts`), none a submit.
 *
 *   node bench/smpp.ts [--submits=60000] [--window=50] [--rounds=3]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import smpp from 'smpp';
import type { OutboundMessage } from '../src/carriers/carrier.ts';
import { createSmppCarrier } from '../src/carriers/smpp/smpp-carrier.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { createSystemRandom } from '../src/runtime/random.ts';
import { silentLog } from '../testkit/silent-log.ts';

const { values } = parseArgs({
  options: {
    submits: { type: 'string', default: '60000' },
    window: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
  },
});
const SUBMITS = Number(values.submits);
const WINDOW = Number(values.window);
const TEXT = 'Your verification code is 493817. It is valid for ten minutes; do not share it with anybody.';

const smsc = spawn(process.execPath, [fileURLToPath(new URL('../testkit/smsc-process.ts', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const port = await firstPort(smsc);

for (let round = 1; round <= Number(values.rounds); round++) {
  await measure(`round ${round} ringdown`, () => ours(SUBMITS));
  await measure(`round ${round} npm smpp`, () => theirs(SUBMITS));
}
smsc.stdin?.end();

async function firstPort(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('no output of the SMSC');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return JSON.parse(String(line)).port;
}

async function measure(title: string, run: () => Promise<() => Promise<void>>): Promise<void> {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const close = await run();
  const seconds = (performance.now() - begin) / 1000;
  const used = process.cpuUsage(cpu);
  const perSubmit = (used.user + used.system) / SUBMITS;
  console.log(`${title}: ${Math.round(SUBMITS / seconds)} submits/s, ${perSubmit.toFixed(1)} µs CPU per submit`);
  await close();
}

/** Through the carrier interface, as the dispatcher uses it: promises, reports and all. */
async function ours(count: number): Promise<() => Promise<void>> {
  const carrier = createSmppCarrier(
    { name: 'bench', url: `smpp://ringdown:secret@127.0.0.1:${port}`, window: WINDOW },
    { clock: systemClock, random: createSystemRandom(), log: silentLog },
  );
  let next = 0;
  let answered = 0;
  await new Promise<void>((resolve) => {
    const fill = () => {
      let room = carrier.capacity();
      while (room-- > 0 && next < count) {
        void carrier.submit(message(next++)).then((reports) => {
          if (reports[0]?.outcome.kind !== 'accepted') throw new Error(JSON.stringify(reports[0]));
          if (++answered === count) resolve();
        });
      }
    };
    carrier.start({ receipt: async () => undefined, inbound: async () => undefined, changed: fill });
  });
  return () => carrier.stop(1000);
}

function message(index: number): OutboundMessage {
  return {
    id: String(index),
    attempt: 1,
    service: 'sms',
    src: '14155550100',
    dst: `4917${String(index).padStart(8, '0')}`,
    text: TEXT,
    encoding: 'gsm7',
    parts: [TEXT],
    pendingParts: [0],
    concatReference: index & 0xffff,
    validityMs: 86_400_000,
    media: [],
  };
}

async function theirs(count: number): Promise<() => Promise<void>> {
  const session = smpp.connect({ host: '127.0.0.1', port });
  await once(session, 'connect');
  await new Promise<void>((resolve) => {
    session.bind_transceiver({ system_id: 'ringdown', password: 'secret' }, () => resolve());
  });
  let next = 0;
  let answered = 0;
  await new Promise<void>((resolve) => {
    const one = () => {
      if (next === count) return;
      const index = next++;
      session.submit_sm(
        {
          source_addr_ton: 1,
          source_addr_npi: 1,
          source_addr: '14155550100',
          dest_addr_ton: 1,
          dest_addr_npi: 1,
          destination_addr: `4917${String(index).padStart(8, '0')}`,
          registered_delivery: 1,
          validity_period: '000001000000000R',
          short_message: TEXT,
        },
        () => {
          if (++answered === count) resolve();
          else one();
        },
      );
    };
    for (let place = 0; place < WINDOW; place++) one();
  });
  return () => new Promise((resolve) => session.close(resolve));
}
