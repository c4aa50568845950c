import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bindingResponse, isGenuine, readBindingRequest } from './stun.ts';

/** RFC 5769 §2.1: a request with its fingerprint. The password is `VOkJxbRl1RmTxUk/WvJxBt`. */
const REQUEST = Buffer.from(
  '000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36' +
    '000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf',
  'hex',
);
const PASSWORD = 'VOkJxbRl1RmTxUk/WvJxBt';
/** RFC 5769 §2.2, §2.3 without the SOFTWARE attribute, which is not sent here, begin with this mapped address. */
const MAPPED_IPV4 = '002000080001a147e112a643';
const MAPPED_IPV6 = '002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9';

describe('a connectivity check', () => {
  test('is read, and genuine with the right password alone (RFC 5769 §2.1)', () => {
    const request = readBindingRequest(REQUEST);
    assert.ok(request);
    assert.equal(request.username, 'evtj:h6vY');
    assert.equal(request.useCandidate, false);
    assert.equal(request.transactionId.toString('hex'), 'b7e7a701bc34d686fa87dfae');
    assert.equal(isGenuine(request, PASSWORD), true);
    assert.equal(isGenuine(request, `${PASSWORD}x`), false);
  });

  test('that was cut, lengthened or changed is none, or not genuine', () => {
    for (let length = 0; length < REQUEST.length; length++) {
      assert.equal(readBindingRequest(REQUEST.subarray(0, length)), undefined);
    }
    assert.equal(readBindingRequest(Buffer.concat([REQUEST, Buffer.alloc(4)])), undefined);
    for (let at = 0; at < REQUEST.length - 32; at++) {
      const changed = Buffer.from(REQUEST);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      const request = readBindingRequest(changed);
      assert.ok(request === undefined || !isGenuine(request, PASSWORD), `octet ${at}`);
    }
  });

  test('is answered with the address it came from (RFC 5769 §2.2, §2.3)', () => {
    const id = Buffer.from('b7e7a701bc34d686fa87dfae', 'hex');
    const overIpv4 = bindingResponse(id, { address: '192.0.2.1', port: 32853 }, PASSWORD).toString('hex');
    assert.ok(overIpv4.startsWith(`0101002c2112a442b7e7a701bc34d686fa87dfae${MAPPED_IPV4}00080014`), overIpv4);
    const from = { address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32853 };
    const overIpv6 = bindingResponse(id, from, PASSWORD).toString('hex');
    assert.ok(overIpv6.startsWith(`010100382112a442b7e7a701bc34d686fa87dfae${MAPPED_IPV6}00080014`), overIpv6);
  });
});
