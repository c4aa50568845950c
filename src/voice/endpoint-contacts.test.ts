import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Binding } from '../sip/registration/binding.ts';
import { EndpointContacts } from './endpoint-contacts.ts';

const NOW = 1_000_000;

const binding = (port: number, more: Partial<Binding> = {}): Binding => ({
  contact: `sip:ana@10.0.0.7:${port}`,
  callId: `registration-${port}`,
  sequence: 1,
  expiresAt: NOW + 60_000,
  q: 1,
  place: { transport: 'udp', address: '198.51.100.7', port },
  path: [],
  userAgent: 'Phone/1',
  ...more,
});

function contactsWith(...bindings: readonly Binding[]) {
  const removed: string[] = [];
  const closed = new Set<number>();
  const contacts = new EndpointContacts(
    async (username) => void removed.push(username),
    ({ port }) => !closed.has(port),
  );
  contacts.changed('ana', bindings);
  return { contacts, removed, closed, rings: (now = NOW) => contacts.latest('ana', now)?.uri.split(':').at(-1) };
}

test('of several phones the one that logged in last rings', () => {
  const { rings } = contactsWith(binding(1), binding(3, { q: 0.1 }), binding(2));
  assert.equal(rings(), '2');
});

test('a login that is over, or whose connection is closed, does not ring; the one before it does', () => {
  const { rings, closed } = contactsWith(binding(1), binding(2), binding(3, { expiresAt: NOW }));
  assert.equal(rings(), '2');
  closed.add(2);
  assert.equal(rings(), '1');
  assert.equal(rings(NOW + 60_000), undefined);
});

test('a phone behind proxies is called over them, another where it came from', () => {
  const { contacts } = contactsWith(binding(1, { path: ['<sip:edge.example;lr>'] }));
  assert.deepEqual(contacts.latest('ana', NOW), { uri: 'sip:ana@10.0.0.7:1', place: undefined, path: ['<sip:edge.example;lr>'] });
  contacts.changed('ana', [binding(2)]);
  assert.equal(contacts.latest('ana', NOW)?.place?.port, 2);
});

test('the API shows what rings, and sends it away', async () => {
  const { contacts, removed } = contactsWith(binding(1), binding(2));
  assert.deepEqual(
    [...(await contacts.of(['ana', 'ben']))],
    [['ana', { contact: 'sip:ana@10.0.0.7:2', userAgent: 'Phone/1', expiresAt: NOW + 60_000 }]],
  );
  await contacts.drop('ana');
  assert.deepEqual(removed, ['ana']);
  contacts.changed('ana', []);
  assert.equal((await contacts.of(['ana'])).size, 0);
});
