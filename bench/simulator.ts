/**
 * Messages a second through the simulator alone, each stored before it is accepted and each with its receipt handed over and its row
 * removed. Run: `node bench/simulator.ts`. Starts its own database server in a temporary directory
 * (without fsync, as tests do).
 */
import { SimulatorCarrier } from '../src/carriers/simulator/simulator-carrier.ts';
import { SimulatorStore } from '../src/carriers/simulator/simulator-store.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { createIds } from '../src/runtime/ids.ts';
import { createSystemRandom } from '../src/runtime/random.ts';
import { silentLog } from '../testkit/silent-log.ts';
import { createTestDatabase } from '../testkit/test-database.ts';

const MESSAGES = 50_000;

const database = await createTestDatabase();
const ids = createIds(systemClock, createSystemRandom());
const carrier = new SimulatorCarrier({
  store: new SimulatorStore(database.storage.pool),
  clock: systemClock,
  ids,
  log: silentLog,
  isOwnNumber: () => false,
  fetchMedia: () => Promise.reject(new Error('no media here')),
});
let receipts = 0;
let accepted = 0;
let wake: (() => void) | undefined;
const allReceipts = Promise.withResolvers<void>();
carrier.start({
  async receipt() {
    if (++receipts === MESSAGES) allReceipts.resolve();
  },
  async inbound() {},
  changed: () => wake?.(),
});

const start = performance.now();
for (let count = 0; count < MESSAGES; count++) {
  while (carrier.capacity() === 0) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  const text = `Message ${count}`;
  const message = {
    id: ids.uuid(),
    attempt: 1,
    service: 'sms' as const,
    src: '14155550100',
    dst: `1415555${String(count % 10_000).padStart(4, '0')}`,
    text,
    encoding: 'gsm7' as const,
    parts: [text],
    pendingParts: [0],
    concatReference: 0,
    validityMs: 60_000,
    media: [],
  };
  void carrier.submit(message).then(([report]) => {
    if (report?.outcome.kind === 'accepted') accepted += 1;
  });
}
await allReceipts.promise;
const seconds = (performance.now() - start) / 1000;
console.log(
  `${accepted} accepted, ${receipts} receipts in ${seconds.toFixed(1)} s: ${Math.round(MESSAGES / seconds)} messages/s`,
);
console.log(`resident memory ${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
await carrier.stop(5_000);
await database.close();
