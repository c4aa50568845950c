import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileRates } from '../billing/rates.ts';
import { callRate, chargeCall } from './pricing.ts';

describe('prices of calls', () => {
  const rates = compileRates([
    { service: 'voice', direction: 'outbound', prefix: '', rate: '0.15' },
    { service: 'voice', direction: 'outbound', prefix: '1', rate: '0.01', increment: { minimumS: 30, incrementS: 6 } },
    { service: 'voice', direction: 'inbound', prefix: '', rate: '0.0055' },
  ]);

  it('are by the longest prefix, in whole minutes unless the rate says otherwise', () => {
    assert.deepEqual(callRate(rates, 'outbound', '447400123456'), { perMinute: 150_000, minimumS: 60, incrementS: 60 });
    assert.deepEqual(callRate(rates, 'outbound', '14155550123'), { perMinute: 10_000, minimumS: 30, incrementS: 6 });
    assert.deepEqual(callRate(rates, 'inbound', '14155550123'), { perMinute: 5_500, minimumS: 60, incrementS: 60 });
  });

  it('are nothing for SIP addresses, and where no rate is listed', () => {
    assert.equal(callRate(rates, 'outbound', 'sip:ana@phone.plivo.com').perMinute, 0);
    assert.equal(callRate(compileRates([]), 'outbound', '14155550123').perMinute, 0);
  });

  it('count from the answer: seconds rounded up, a minimum, then whole steps', () => {
    const minute = callRate(rates, 'outbound', '447400123456');
    const charged = (ms: number, rate = minute) => Object.values(chargeCall(rate, 1_000, 1_000 + ms));
    assert.deepEqual(Object.values(chargeCall(minute, undefined, 90_000)), [0, 0, 0]);
    assert.deepEqual(charged(0), [0, 60, 150_000]);
    assert.deepEqual(charged(1), [1, 60, 150_000]);
    assert.deepEqual(charged(60_000), [60, 60, 150_000]);
    assert.deepEqual(charged(60_001), [61, 120, 300_000]);
    const short = callRate(rates, 'outbound', '14155550123');
    assert.deepEqual(charged(12_000, short), [12, 30, 5_000]);
    assert.deepEqual(charged(31_000, short), [31, 36, 6_000]);
  });

  it('never bill less than was talked, nor a whole step more', () => {
    const seconds = fc.integer({ min: 1, max: 3_600 });
    fc.assert(
      fc.property(seconds, seconds, fc.integer({ min: 0, max: 86_400_000 }), (minimumS, incrementS, ms) => {
        const { durationS, billedS } = chargeCall({ perMinute: 1, minimumS, incrementS }, 0, ms);
        assert.ok(billedS >= durationS && billedS >= minimumS);
        assert.ok(billedS === minimumS || billedS - durationS < incrementS);
      }),
    );
  });
});
