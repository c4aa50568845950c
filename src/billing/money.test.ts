import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatAmount, parseAmount } from './money.ts';

describe('amounts', () => {
  it('are read from decimal strings of up to five decimals', () => {
    assert.equal(parseAmount('0.00550'), 5500);
    assert.equal(parseAmount('12'), 12_000_000);
    assert.equal(parseAmount('12.5'), 12_500_000);
    assert.equal(parseAmount('-0.00001'), -10);
    assert.equal(parseAmount('-0'), 0);
  });

  it('are not read from anything else', () => {
    for (const text of ['', '.', '1.', '.5', '1.000001', '1e3', ' 1', '+1', '0x10', '1,5', '99999999999', 'NaN']) {
      assert.equal(parseAmount(text), undefined, text);
    }
  });

  it('are written with five decimals', () => {
    assert.equal(formatAmount(0), '0.00000');
    assert.equal(formatAmount(5500), '0.00550');
    assert.equal(formatAmount(12_500_000), '12.50000');
    assert.equal(formatAmount(-10), '-0.00001');
  });

  it('round to the fifth decimal when they are finer', () => {
    assert.equal(formatAmount(15), '0.00002');
    assert.equal(formatAmount(14), '0.00001');
    assert.equal(formatAmount(-4), '0.00000');
  });

  it('survive being written and read, and add up exactly', () => {
    const steps = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
    fc.assert(
      fc.property(steps, (step) => {
        assert.equal(parseAmount(formatAmount(step * 10)), step * 10 + 0);
      }),
    );
    assert.equal(formatAmount([...Array(10)].reduce<number>((sum) => sum + (parseAmount('0.10000') ?? 0), 0)), '1.00000');
  });
});
