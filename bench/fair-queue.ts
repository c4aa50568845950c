/**
 * Cost of one push and one take of the dispatch queue, in microseconds. Run: `node bench/fair-queue.ts`.
 * Pass line: 3 µs for both, so that the queue is under 5 % of one core at 10,000 messages a second.
 */
import { FairQueue } from '../src/messaging/fair-queue.ts';
import { type RateLimit, unlimited } from '../src/runtime/token-bucket.ts';

const ROUNDS = 1_000_000;

function measure(label: string, accounts: number, senders: number, standing: number, limit: RateLimit): void {
  const messages = Array.from({ length: accounts * senders }, (_, index) => ({
    account: `account${index % accounts}`,
    sender: `1415555${String(index).padStart(5, '0')}`,
    cost: 1 + (index % 3),
  }));
  const queue = new FairQueue<(typeof messages)[number]>({
    capacity: 2_000_000,
    capacityPerAccount: 2_000_000,
    accountLimit: () => unlimited,
    senderLimit: () => limit,
    isBefore: () => false,
    hasEnded: () => false,
  });
  let pushed = 0;
  const push = () => {
    const message = messages[pushed++ % messages.length];
    if (message) queue.push(message);
  };
  for (let count = 0; count < standing; count++) push();
  let now = 0;
  const round = () => {
    push();
    for (;;) {
      const next = queue.take(now);
      if (next.kind !== 'wait') return;
      now = next.until;
    }
  };
  for (let count = 0; count < ROUNDS / 5; count++) round();
  const start = performance.now();
  for (let count = 0; count < ROUNDS; count++) round();
  console.log(`${label.padEnd(52)} ${(((performance.now() - start) * 1000) / ROUNDS).toFixed(2)} µs`);
}

measure('1 account, 1 sender, empty queue', 1, 1, 0, unlimited);
measure('1 account, 1 sender, 10,000 waiting', 1, 1, 10_000, unlimited);
measure('1,000 accounts × 10 senders, 100,000 waiting', 1000, 10, 100_000, unlimited);
measure('the same, every sender limited to 100/s', 1000, 10, 100_000, { ratePerSecond: 100, burst: 1 });
