/** Cost of a rate lookup in the default table, in microseconds. Run: `node bench/rates.ts`. */
import { defaultRates } from '../src/billing/default-rates.ts';
import { compileRates } from '../src/billing/rates.ts';

const ROUNDS = 5_000_000;
const table = compileRates(defaultRates);
const numbers = Array.from(
  { length: 1024 },
  (_, index) => `${['1415555', '4474001', '9198765', '8835100'][index % 4]}${1000 + index}`,
);
let sum = 0;
for (let pass = 0; pass < 2; pass++) {
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round++) sum += table.find('sms', 'outbound', numbers[round & 1023] ?? '').rate;
  if (pass === 1) console.log(`rate lookup ${(((performance.now() - start) * 1000) / ROUNDS).toFixed(3)} µs (checksum ${sum})`);
}
