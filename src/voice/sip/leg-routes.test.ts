import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import type { TrunkOptions } from '../../carriers/sip/trunk.ts';
import { Trunks } from '../../carriers/sip/trunks.ts';
import type { OutboundLegRequest } from '../leg-maker.ts';
import { LegRoutes, type RegisteredContact } from './leg-routes.ts';
import type { Attempt } from './outbound-leg.ts';
import { SrtpRules } from './srtp-rules.ts';

const NODE = '192.0.2.1';
const PHONES = { transport: 'udp', address: '127.0.0.1', port: 40_000 } as const;

function routesOver(carriers: readonly string[], ...options: readonly TrunkOptions[]) {
  const clock = new VirtualClock();
  const trunks = new Trunks();
  trunks.replace(options);
  const contacts = new Map<string, RegisteredContact>();
  const routes = new LegRoutes({
    clock,
    trunks,
    carriersFor: () => carriers,
    home: new Set(['phone.plivo.com', NODE]),
    contactOf: (username) => contacts.get(username),
    simulatorPlace: async () => PHONES,
    host: NODE,
    srtp: new SrtpRules({ trunks, account: async () => undefined, endpoint: async () => undefined }),
  });
  const find = (request: Partial<OutboundLegRequest> = {}) =>
    routes.find({
      callId: 'call-1',
      accountId: 'MAEXAMPLEACCOUNT0001',
      to: '14155550111',
      from: '14155550100',
      callerName: 'Desk',
      headers: {},
      credentials: undefined,
      ...request,
    });
  return {
    clock,
    contacts,
    find,
    async attempts(request: Partial<OutboundLegRequest> = {}): Promise<readonly Attempt[]> {
      const route = await find(request);
      assert.ok(route.kind === 'attempts');
      return route.attempts;
    },
  };
}

const headersOf = ({ invite }: Attempt): Readonly<Record<string, string>> => Object.fromEntries(invite.headers ?? []);

describe('the ways to a number', () => {
  test('are the trunks of its route in their order, each with its own address and login', async () => {
    const { attempts } = routesOver(
      ['first', 'gone', 'second', 'simulator'],
      { name: 'first', url: 'sip:192.0.2.2:5070', username: 'lab', password: 'secret' },
      { name: 'second', url: 'sip:trunk.example;transport=tcp' },
    );
    const found = await attempts();
    assert.deepEqual(
      found.map(({ carrier, invite: { target, via, credentials } }) => ({ carrier, target, via, credentials })),
      [
        {
          carrier: 'first',
          target: 'sip:+14155550111@192.0.2.2:5070',
          via: { uri: 'sip:192.0.2.2:5070' },
          credentials: { username: 'lab', password: 'secret' },
        },
        {
          carrier: 'second',
          target: 'sip:+14155550111@trunk.example;transport=tcp',
          via: { uri: 'sip:trunk.example;transport=tcp' },
          credentials: undefined,
        },
        { carrier: 'simulator', target: `sip:+14155550111@${NODE}`, via: { place: PHONES }, credentials: undefined },
      ],
    );
    assert.deepEqual(headersOf(found[0] ?? assert.fail()), {
      'X-CallUUID': 'call-1',
      'P-Asserted-Identity': `<sip:+14155550100@${NODE}>`,
    });
  });

  test('have as many places in a second as their trunk says', async () => {
    const { attempts, clock } = routesOver(['first'], { name: 'first', url: 'sip:192.0.2.2', throughput: 2 });
    const admitted = async () => (await attempts()).map(({ admit }) => admit());
    assert.deepEqual([await admitted(), await admitted(), await admitted()].flat(), [true, true, false]);
    await clock.advance(500);
    assert.deepEqual([await admitted(), await admitted()].flat(), [true, false]);
    const free = routesOver(['first'], { name: 'first', url: 'sip:192.0.2.2' });
    for (let call = 0; call < 50; call++) assert.equal((await free.attempts())[0]?.admit(), true);
  });

  test('say that a caller is not to be shown', async () => {
    const { attempts } = routesOver(['first'], { name: 'first', url: 'sip:192.0.2.2' });
    for (const from of ['', 'anonymous']) {
      const [attempt] = await attempts({ from, callerName: 'Ana' });
      assert.ok(attempt);
      assert.equal(attempt.invite.from, 'Anonymous <sip:anonymous@anonymous.invalid>');
      assert.deepEqual(headersOf(attempt), { 'X-CallUUID': 'call-1', Privacy: 'id' });
    }
  });

  test('may be none: 5020', async () => {
    const route = await routesOver(['gone']).find();
    assert.deepEqual(route.kind === 'none' && [route.cause.code, route.cause.source], [5020, 'Error']);
  });
});

describe('the ways to a SIP address', () => {
  test('of an endpoint are the place it has registered from, or the proxies on its path', async () => {
    const { contacts, attempts } = routesOver([]);
    const uri = 'sip:ana@10.0.0.7:5555;ob';
    const to = 'sip:ana123456789012@phone.plivo.com';
    contacts.set('ana123456789012', { uri, place: PHONES, path: [] });
    const [direct] = await attempts({ to, from: to });
    assert.deepEqual([direct?.invite.target, direct?.invite.via, direct?.invite.route], [uri, { place: PHONES }, undefined]);
    assert.equal(direct?.invite.from, `Desk <sip:ana123456789012@${NODE}>`, 'under a name that can be called back');
    contacts.set('ana123456789012', { uri, place: undefined, path: ['<sip:edge.example;lr>'] });
    const [proxied] = await attempts({ to });
    assert.deepEqual([proxied?.invite.via, proxied?.invite.route], [undefined, ['<sip:edge.example;lr>']]);
  });

  test('of an endpoint tells that whether its caller may show its number', async () => {
    const { contacts, attempts } = routesOver(['first'], { name: 'first', url: 'sip:192.0.2.2' });
    contacts.set('ana123456789012', { uri: 'sip:ana@10.0.0.7', place: PHONES, path: [] });
    const told = async (to: string, callerVerification?: OutboundLegRequest['callerVerification']) => {
      const [attempt] = await attempts({ to, callerVerification });
      return attempt && headersOf(attempt)['X-Plivo-Stir-Verification'];
    };
    const to = 'sip:ana123456789012@phone.plivo.com';
    assert.equal(await told(to, 'Verified'), 'verified');
    assert.equal(await told(to, 'Not Verified'), 'not_verified');
    assert.equal(await told(to, 'Not Applicable'), 'Not_applicable');
    assert.equal(await told(to), 'Not_applicable');
    assert.equal(await told('14155550111', 'Verified'), undefined, 'carriers know better');
  });

  test('elsewhere is found by DNS; of an endpoint that is not registered there is none: 2020', async () => {
    const { attempts, find } = routesOver([]);
    const [attempt] = await attempts({ to: 'sip:desk7@pbx.example:5070', headers: { 'X-PH-Ticket': 'A17' } });
    assert.deepEqual([attempt?.invite.target, attempt?.invite.via], ['sip:desk7@pbx.example:5070', undefined]);
    assert.equal(attempt && headersOf(attempt)['X-PH-Ticket'], 'A17');
    const gone = await find({ to: 'sip:ana123456789012@phone.plivo.com' });
    assert.equal(gone.kind === 'none' && gone.cause.code, 2020);
    const nowhere = await find({ to: 'nobody' });
    assert.equal(nowhere.kind === 'none' && nowhere.cause.code, 2000);
  });
});
