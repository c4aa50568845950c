import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTransferTarget } from './transfer-target.ts';

const HOME = new Set(['phone.plivo.com', '192.0.2.1', '192.0.2.1:5060']);
const read = (uri: string) => readTransferTarget(uri, HOME, 'pbx.example');
const number = (digits: string) => ({ kind: 'number', digits });
const FOREIGN = { kind: 'foreign' };

test('a target is a number: of ours, of who asks, or a global one', () => {
  assert.deepEqual(read('tel:+14155550177'), number('+14155550177'));
  assert.deepEqual(read('tel:+1-415-555-0177'), number('+14155550177'));
  assert.deepEqual(read('sip:14155550177@192.0.2.1:5060;transport=tcp'), number('14155550177'));
  assert.deepEqual(read('sip:14155550177@PBX.example:5080'), number('14155550177'));
  assert.deepEqual(read('sip:+14155550177@anywhere.example'), number('+14155550177'));
  assert.deepEqual(read('sip:14155550177@anywhere.example;user=phone'), number('14155550177'));
  assert.deepEqual(read('sip:+14155550177;ext=9@anywhere.example'), number('+14155550177'));
  assert.deepEqual(read('sip:14155550177@anywhere.example'), FOREIGN);
});

test('a target is an endpoint here', () => {
  assert.deepEqual(read('sip:ana123456789012@phone.plivo.com'), { kind: 'endpoint', username: 'ana123456789012' });
  assert.deepEqual(read('sips:ana123456789012@192.0.2.1;transport=tls?X-PH-A=b'), {
    kind: 'endpoint',
    username: 'ana123456789012',
  });
});

test('a target is nothing else', () => {
  for (const uri of [
    'sip:ana@elsewhere.example',
    'sip:ana@pbx.example',
    'sip:ana@192.0.2.1:9999',
    'sip:192.0.2.1',
    'sip:@192.0.2.1',
    'http://phone.plivo.com/',
    'tel:what',
    'tel:12',
    'urn:service:sos',
    '',
  ]) {
    assert.deepEqual(read(uri), FOREIGN, uri);
  }
});
