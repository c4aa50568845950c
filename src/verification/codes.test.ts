import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sameDigest, VerificationCodes } from './codes.ts';

const ID = '019a0000-0000-7000-8000-000000000001';

describe('verification codes', () => {
  const codes = new VerificationCodes(Buffer.alloc(32, 7));

  it('are the same for the same session, others for another session, length or key', () => {
    const code = codes.codeOf(ID, 6);
    assert.match(code, /^\d{6}$/);
    assert.equal(codes.codeOf(ID.toUpperCase(), 6), code);
    assert.notEqual(codes.codeOf('019a0000-0000-7000-8000-000000000002', 6), code);
    assert.notEqual(codes.codeOf(ID, 8).slice(0, 6), code);
    assert.notEqual(new VerificationCodes(Buffer.alloc(32, 8)).codeOf(ID, 6), code);
  });

  it('have the length that is asked for, also with leading zeros', () => {
    for (let length = 4; length <= 8; length++) {
      for (let index = 0; index < 200; index++) {
        assert.match(codes.codeOf(`019a0000-0000-7000-8000-${String(index).padStart(12, '0')}`, length), /^\d{4,8}$/);
        assert.equal(codes.codeOf(`019a0000-0000-7000-8000-${String(index).padStart(12, '0')}`, length).length, length);
      }
    }
  });

  it('are compared by digests that depend on the session', () => {
    assert.ok(sameDigest(codes.digest(ID, '123456'), codes.digest(ID, ' 123456 ')));
    assert.ok(!sameDigest(codes.digest(ID, '123456'), codes.digest(ID, '123457')));
    assert.ok(!sameDigest(codes.digest(ID, '1'), Buffer.alloc(3)));
  });
});
