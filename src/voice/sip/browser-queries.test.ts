import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SipRig } from '../../../testkit/sip-rig.ts';
import { answerMessage, answerOptions } from './browser-queries.ts';

const NODE = '192.0.2.1';
const BROWSER = '192.0.2.7';
const ADMIN = 'sip:admin@phone.plivo.com';
const TEXT = { 'Content-Type': 'text/plain' };

test('the keep-alive of the Browser SDK gets 404, the one answer that it takes for health; others hear what we can', async () => {
  const rig = new SipRig();
  const stack = await rig.stack(NODE);
  stack.onOptions(answerOptions);
  const browser = await rig.peer(BROWSER);
  browser.request('OPTIONS', ADMIN, NODE, TEXT, 'pong');
  await rig.clock.advance(10);
  assert.deepEqual(browser.statuses('OPTIONS'), [404]);
  browser.request('OPTIONS', `sip:${NODE}`, NODE, { CSeq: '2 OPTIONS' });
  await rig.clock.advance(10);
  assert.deepEqual(browser.statuses('OPTIONS'), [404, 200]);
  browser.close();
  await rig.assertClean();
});

test('its question for its own address is answered before it has registered, and no other text is carried', async () => {
  const rig = new SipRig();
  const stack = await rig.stack(NODE);
  stack.onMessage(answerMessage);
  const browser = await rig.peer(BROWSER);
  browser.request('MESSAGE', ADMIN, NODE, TEXT, 'ipAddress');
  await rig.clock.advance(10);
  const [told] = browser.responses('MESSAGE');
  assert.deepEqual([told?.status, told?.headers.get('Content-Type'), told?.body.toString()], [200, 'text/plain', BROWSER]);
  browser.request('MESSAGE', ADMIN, NODE, { ...TEXT, CSeq: '2 MESSAGE' }, 'hello');
  browser.request('MESSAGE', 'sip:bob@phone.plivo.com', NODE, { ...TEXT, CSeq: '3 MESSAGE' }, 'ipAddress');
  await rig.clock.advance(10);
  assert.deepEqual(browser.statuses('MESSAGE').toSorted(), [200, 405, 405]);
  browser.close();
  await rig.assertClean();
});
