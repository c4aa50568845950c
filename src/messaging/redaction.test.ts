import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  farNumberFor,
  inboundLogSetting,
  keepsContent,
  logSettings,
  maskNumber,
  numberForLogLine,
  parseLogSetting,
} from './redaction.ts';

describe('the log setting', () => {
  it('is read from strings in any case and from JSON booleans', () => {
    assert.equal(parseLogSetting(true), 'true');
    assert.equal(parseLogSetting(false), 'false');
    assert.equal(parseLogSetting('True'), 'true');
    assert.equal(parseLogSetting('content_only'), 'content_only');
    assert.equal(parseLogSetting('NUMBER_ONLY'), 'number_only');
    for (const value of ['yes', '', 1, null, undefined, {}]) assert.equal(parseLogSetting(value), undefined);
  });

  it('decides what of number and content is kept', () => {
    const kept = logSettings.map((log) => [log, farNumberFor(log, '14155550123'), keepsContent(log)]);
    assert.deepEqual(kept, [
      ['true', '14155550123', true],
      ['false', '14155550***', false],
      ['content_only', '14155550***', true],
      ['number_only', '14155550123', false],
    ]);
  });

  it('of an inbound message is the flag of its application', () => {
    assert.equal(inboundLogSetting(true), 'true');
    assert.equal(inboundLogSetting(false), 'false');
  });
});

describe('masks', () => {
  it('take the last three characters', () => {
    assert.equal(maskNumber('+12025550123'), '+12025550***');
    assert.equal(maskNumber('12025550123'), '12025550***');
    assert.equal(maskNumber('72345'), '72***');
    assert.equal(maskNumber('ABC'), '***');
    assert.equal(maskNumber(''), '***');
  });

  it('never let the end of a number through', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{4,14}$/), (number) => {
        assert.equal(maskNumber(number), `${number.slice(0, -3)}***`);
      }),
    );
  });

  it('apply to log lines whatever the setting', () => {
    assert.equal(numberForLogLine('14155550123'), '14155550***');
  });
});
