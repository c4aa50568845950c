import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from './virtual-clock.ts';
import { VirtualNetwork } from './virtual-network.ts';

async function setUp() {
  const clock = new VirtualClock();
  const network = new VirtualNetwork(clock, 3);
  const [a, b] = [await network.hostNetwork('a').bindUdp('a', 1), await network.hostNetwork('b').bindUdp('b', 2)];
  const arrived: string[] = [];
  b.onMessage((data, from) => arrived.push(`${data} ${from.address}`));
  const send = (count: number) => {
    for (let index = 0; index < count; index++) a.send(Buffer.from(String(index)), b.local);
  };
  return { clock, network, a, b, arrived, send };
}

describe('the virtual network', () => {
  it('delivers after its delay and in order in fair weather', async () => {
    const { clock, arrived, send } = await setUp();
    send(3);
    await clock.advance(4);
    assert.deepEqual(arrived, []);
    await clock.advance(1);
    assert.deepEqual(arrived, ['0 a', '1 a', '2 a']);
  });

  it('loses, copies and reorders by share', async () => {
    const { clock, network, arrived, send } = await setUp();
    Object.assign(network.weather, { loss: 0.5 });
    send(1000);
    await clock.advance(1000);
    assert.ok(arrived.length > 430 && arrived.length < 570, `${arrived.length}`);
    Object.assign(network.weather, { loss: 0, duplication: 1, reordering: 0.5 });
    arrived.length = 0;
    send(100);
    await clock.advance(1000);
    assert.equal(arrived.length, 200);
    assert.notDeepEqual(
      arrived,
      [...arrived].sort((x, y) => Number.parseInt(x, 10) - Number.parseInt(y, 10)),
    );
  });

  it('cuts two hosts off from each other until it heals', async () => {
    const { clock, network, arrived, send } = await setUp();
    network.partition('a', 'b');
    send(1);
    await clock.advance(10);
    assert.deepEqual(arrived, []);
    network.heal();
    send(1);
    await clock.advance(10);
    assert.deepEqual(arrived, ['0 a']);
  });

  it('hides a host behind a NAT, whose port leads back to it', async () => {
    const { clock, network, a, b, arrived, send } = await setUp();
    network.nat('a', 'outside');
    const back: string[] = [];
    a.onMessage((data) => back.push(String(data)));
    b.onMessage((_data, from) => {
      arrived.push(from.address);
      b.send(Buffer.from('pong'), from);
    });
    send(1);
    await clock.advance(20);
    assert.deepEqual([arrived, back], [['outside'], ['pong']]);
  });

  it('connects streams, refuses where nobody listens, and counts what is open', async () => {
    const { clock, network, a, b } = await setUp();
    const lines: string[] = [];
    const listener = await network.hostNetwork('b').listen('b', 80, (connection) => {
      connection.onData((data) => lines.push(String(data)));
      connection.onClose(() => lines.push('closed'));
    });
    const pending = network.hostNetwork('a').connect({ address: 'b', port: 80 }, { timeoutMs: 100 });
    const refused = network.hostNetwork('a').connect({ address: 'b', port: 81 }, { timeoutMs: 100 });
    refused.catch(() => {});
    await clock.advance(20);
    const connection = await pending;
    await assert.rejects(refused, /refused/);
    connection.write(Buffer.from('hello'));
    connection.end();
    await clock.advance(20);
    assert.deepEqual(lines, ['hello', 'closed']);
    for (const open of [a, b, listener]) open.close();
    assert.equal(network.open, 0);
  });
});
