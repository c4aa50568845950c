import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultRates } from './default-rates.ts';
import { formatAmount, parseAmount } from './money.ts';
import { chargeOf, compileRates, type RateRow } from './rates.ts';

describe('the rate table', () => {
  const table = compileRates([
    { service: 'sms', direction: 'outbound', prefix: '', rate: '0.08' },
    { service: 'sms', direction: 'outbound', prefix: '1', rate: '0.0055', carrierFee: '0.003' },
    { service: 'sms', direction: 'outbound', prefix: '1246', rate: '0.12' },
    { service: 'mms', direction: 'outbound', prefix: '1', rate: '0.018' },
  ]);

  it('answers with the longest prefix', () => {
    assert.deepEqual(table.find('sms', 'outbound', '14155550123'), { rate: 5500, carrierFee: 3000, prefix: '1' });
    assert.equal(table.find('sms', 'outbound', '12465550123').prefix, '1246');
    assert.equal(table.find('sms', 'outbound', '12475550123').prefix, '1');
    assert.equal(table.find('sms', 'outbound', '447400123456').prefix, '');
    assert.equal(table.find('sms', 'outbound', '12').prefix, '1');
    assert.equal(table.find('sms', 'outbound', 'RINGDOWN').prefix, '');
  });

  it('keeps services and directions apart, and is free where nothing is listed', () => {
    assert.equal(table.find('mms', 'outbound', '14155550123').rate, 18_000);
    assert.equal(table.find('mms', 'outbound', '447400123456').rate, 0);
    assert.equal(table.find('sms', 'inbound', '14155550123').rate, 0);
  });

  it('lists what is rated apart below a prefix', () => {
    const prefixes = (prefix: string) => table.below('sms', 'outbound', prefix).map((rate) => rate.prefix);
    assert.deepEqual(prefixes(''), ['1', '1246']);
    assert.deepEqual(prefixes('1'), ['1246']);
    assert.deepEqual(prefixes('1246'), []);
  });

  it('charges every unit, exactly', () => {
    const charge = chargeOf(table.find('sms', 'outbound', '14155550123'), 3);
    assert.deepEqual(charge, { units: 3, rate: 5500, amount: 16_500, carrierFeeRate: 3000, carrierFees: 9000, total: 25_500 });
    assert.equal(formatAmount(charge.amount), '0.01650');
  });

  it('has prices of networks before those of prefixes, and knows whose number it is', () => {
    const row: RateRow = { service: 'sms', direction: 'outbound', prefix: '44', rate: '0.04' };
    const byNetwork = compileRates(
      [
        row,
        { ...row, prefix: '', network: '234-15', rate: '0.05' },
        { ...row, prefix: '44780', network: '234-15', rate: '0.06' },
      ],
      [
        { prefix: '447', mcc: '234', mnc: '10', name: 'First' },
        { prefix: '4478', mcc: '234', mnc: '15', name: 'Second' },
      ],
    );
    const rateOf = (number: string) => byNetwork.find('sms', 'outbound', number).rate;
    assert.equal(rateOf('447400123456'), 40_000, 'a network without a price of its own');
    assert.equal(rateOf('447812345678'), 50_000);
    assert.equal(rateOf('447801234567'), 60_000);
    assert.equal(rateOf('442079460000'), 40_000);
    assert.equal(byNetwork.networkOf('447812345678')?.name, 'Second');
    assert.equal(byNetwork.networkOf('442079460000'), undefined);
  });

  it('agrees with a search through all rows', () => {
    const digits = (max: number) => fc.string({ unit: fc.constantFrom('1', '2', '4'), maxLength: max });
    const rowsOf = fc
      .uniqueArray(digits(5), { maxLength: 30 })
      .map((prefixes) =>
        prefixes.map(
          (prefix, index): RateRow => ({ service: 'sms', direction: 'outbound', prefix, rate: `0.${index + 10_000}` }),
        ),
      );
    fc.assert(
      fc.property(rowsOf, digits(8), (rows, number) => {
        const best = rows.filter((row) => number.startsWith(row.prefix)).sort((a, b) => b.prefix.length - a.prefix.length)[0];
        assert.equal(compileRates(rows).find('sms', 'outbound', number).rate, best ? parseAmount(best.rate) : 0);
      }),
    );
  });

  it('names the row that cannot be', () => {
    const row: RateRow = { service: 'sms', direction: 'outbound', prefix: '1', rate: '0.01' };
    assert.throws(() => compileRates([row, { ...row, prefix: '+44' }]), /rate 2: prefix "\+44"/);
    assert.throws(() => compileRates([{ ...row, rate: '0.000001' }]), /rate 1: rate "0.000001"/);
    assert.throws(() => compileRates([{ ...row, rate: '-1' }]), /rate 1/);
    assert.throws(() => compileRates([{ ...row, carrierFee: 'free' }]), /carrier fee "free"/);
    assert.throws(() => compileRates([row, row]), /rate 2: sms outbound has prefix "1" twice/);
  });
});

describe('the default rates', () => {
  const table = compileRates(defaultRates);

  it('price every service in both directions', () => {
    for (const service of ['sms', 'mms', 'whatsapp'] as const) {
      for (const direction of ['outbound', 'inbound'] as const) {
        assert.ok(
          defaultRates.some((row) => row.service === service && row.direction === direction && row.prefix === ''),
          `${service} ${direction}`,
        );
      }
    }
  });

  it('give a message to the US the figures of the documentation example', () => {
    const charge = chargeOf(table.find('sms', 'outbound', '14155550123'), 1);
    assert.equal(formatAmount(charge.amount), '0.00550');
    assert.equal(formatAmount(charge.carrierFees), '0.00300');
  });
});
