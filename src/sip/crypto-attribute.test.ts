import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CRYPTO_SUITES, cryptoAttribute, MASTER_BYTES, parseCryptoLine } from './crypto-attribute.ts';

/** The examples of RFC 4568 (§6.1, §7.1) have keys of this length. */
const KEY = 'PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR';
const LONG_KEY = Buffer.alloc(46, 7).toString('base64');

describe('a line of keys in SDP', () => {
  it('names tag, suite and key', () => {
    assert.deepEqual(parseCryptoLine(`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`), {
      tag: 1,
      suite: 'AES_CM_128_HMAC_SHA1_80',
      key: KEY,
      mkiBytes: 0,
    });
    assert.equal(parseCryptoLine(`999999999 aes_cm_128_hmac_sha1_32 inline:${KEY} `)?.suite, 'AES_CM_128_HMAC_SHA1_32');
    assert.equal(parseCryptoLine(`2 AES_256_CM_HMAC_SHA1_80 inline:${LONG_KEY}`)?.key, LONG_KEY);
  });

  it('may limit the life of the key, name it, and say what need not be understood', () => {
    for (const [rest, mkiBytes] of [
      ['|2^20', 0],
      ['|2^48', 0],
      ['|1048576', 0],
      ['|2^20|1:4', 4],
      ['|1:32', 32],
      [' WSH=60', 0],
      [' -MAYBE=1 WSH=128', 0],
    ] as const) {
      assert.equal(parseCryptoLine(`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}${rest}`)?.mkiBytes, mkiBytes, rest);
    }
  });

  it('counts as absent when it is malformed or asks for what is not done here', () => {
    for (const value of [
      '',
      'x',
      '1',
      `AES_CM_128_HMAC_SHA1_80 inline:${KEY}`,
      `01 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`,
      `1234567890 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`,
      `-1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`,
      `1 F8_128_HMAC_SHA1_80 inline:${KEY}`,
      `1 AES_CM_128_NULL_AUTH inline:${KEY}`,
      `1 AES_CM_128_HMAC_SHA1_80 ${KEY}`,
      `1 AES_CM_128_HMAC_SHA1_80 uri:${KEY}`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY.slice(0, -4)}`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}AAAA`,
      `1 AES_256_CM_HMAC_SHA1_80 inline:${KEY}`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${LONG_KEY}`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY.slice(0, -1)}*`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^10`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^49`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|1000`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:0`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:129`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|1:4|2^20`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|1:4;inline:${KEY}|2:4`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNENCRYPTED_SRTP`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNENCRYPTED_SRTCP`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNAUTHENTICATED_SRTP`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} KDR=1`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} FEC_ORDER=FEC_SRTP`,
      `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} SOMETHING`,
    ]) {
      assert.equal(parseCryptoLine(value), undefined, value);
    }
  });

  it('is read in linear time whatever it is', () => {
    const started = performance.now();
    for (const filler of [' ', '|', 'A', '1', ' -', 'inline:']) {
      parseCryptoLine(`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}${filler.repeat(60_000)}\u0000`);
    }
    assert.ok(performance.now() - started < 1_000);
  });

  it('of ours is read as it was written', () => {
    for (const suite of CRYPTO_SUITES) {
      const line = { tag: 3, suite, key: Buffer.alloc(MASTER_BYTES[suite], 9).toString('base64'), mkiBytes: 0 };
      assert.deepEqual(parseCryptoLine(cryptoAttribute(line).value), line);
    }
  });
});
