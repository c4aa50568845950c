import type { Micros } from '../src/billing/money.ts';
import type { CallCharges } from '../src/voice/call-charges.ts';

/** What calls were charged with, free unless the test names a price. */
export class RecordedCallCharges implements CallCharges {
  price: Micros = 0;
  /** Service and units, such as `speech_recognition 2`, without those of nothing. */
  readonly taken: string[] = [];

  take(...[, service, units]: Parameters<CallCharges['take']>): Micros {
    if (units > 0) this.taken.push(`${service} ${units}`);
    return units * this.price;
  }
}
