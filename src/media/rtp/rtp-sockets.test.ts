import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { readdirSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { until } from '../../../testkit/rtp-peer.ts';
import { DescriptorTable } from './descriptor-table.ts';
import { eventLoopSockets } from './event-loop-sockets.ts';
import { loadKernelCalls } from './kernel-calls.ts';
import { KernelSockets } from './kernel-sockets.ts';
import type { DatagramSource, RtpSocket, RtpSockets } from './rtp-socket.ts';
import { workerSockets } from './worker-sockets.ts';

const LOOPBACK = '127.0.0.1';
/** What the kernel holds for a socket that nobody reads. */
const RECEIVE_BYTES = 65_536;

interface Heard {
  readonly text: string;
  readonly from: DatagramSource;
}

/** A UDP socket of Node as the far end. */
async function farEnd(): Promise<{ socket: Socket; port: number; heard: Heard[] }> {
  const socket = createSocket('udp4');
  const heard: Heard[] = [];
  socket.on('message', (packet, from) =>
    heard.push({ text: packet.toString(), from: { address: from.address, port: from.port } }),
  );
  await new Promise<void>((resolve) => socket.bind(0, LOOPBACK, resolve));
  return { socket, port: socket.address().port, heard };
}

const sent = (socket: Socket, text: string | Buffer, port: number) =>
  new Promise<void>((resolve) => socket.send(text, port, LOOPBACK, () => resolve()));

/** A port that was free a moment ago, below those that systems give away. */
async function openSomewhere(sockets: RtpSockets): Promise<{ socket: RtpSocket; port: number }> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      return { socket: await sockets.open(port, RECEIVE_BYTES), port };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
}

const tables: DescriptorTable[] = [];
after(() => {
  for (const table of tables) table.closeAll();
});

async function kernelSockets(table = new DescriptorTable()): Promise<KernelSockets> {
  tables.push(table);
  const calls = await loadKernelCalls();
  assert.ok(calls, 'the C library can be called here');
  return new KernelSockets(calls, LOOPBACK, table);
}

const kinds: readonly [string, RtpSockets][] = [
  ['of the kernel', await kernelSockets()],
  ['of the event loop', eventLoopSockets(LOOPBACK)],
];

for (const [name, sockets] of kinds) {
  describe(`RTP sockets ${name}`, () => {
    const far: Socket[] = [];
    after(() => {
      for (const socket of far) socket.close();
    });
    const peer = async () => {
      const opened = await farEnd();
      far.push(opened.socket);
      return opened;
    };
    const heardBy = async (heard: readonly unknown[], count: number) => {
      await until(() => {
        sockets.read();
        return heard.length >= count;
      }, `${count} packets`);
    };

    it('send to every far end from their port, and tell where each packet came from', async () => {
      const { socket, port } = await openSomewhere(sockets);
      const heard: Heard[] = [];
      socket.onMessage((packet, { address, port: from }) =>
        heard.push({ text: packet.toString(), from: { address, port: from } }),
      );
      const [a, b] = [await peer(), await peer()];
      for (const [to, text] of [
        [a, 'one'],
        [b, 'two'],
        [a, 'three'],
      ] as const)
        socket.send(Buffer.from(text), to.port, LOOPBACK);
      await until(() => a.heard.length === 2 && b.heard.length === 1, 'packets at both');
      const from = { address: LOOPBACK, port };
      assert.deepEqual(a.heard, [
        { text: 'one', from },
        { text: 'three', from },
      ]);
      assert.deepEqual(b.heard, [{ text: 'two', from }]);
      await sent(a.socket, 'longer than the next', port);
      await sent(b.socket, '', port);
      await sent(a.socket, 'short', port);
      await heardBy(heard, 3);
      assert.deepEqual(
        heard.map(({ text, from: { port: of } }) => [text, of]),
        [
          ['longer than the next', a.port],
          ['', b.port],
          ['short', a.port],
        ],
      );
      socket.close();
    });

    it('refuse a port that is taken, by the code of the system, and leave nothing open', async () => {
      const taken = await peer();
      const descriptors = () => readdirSync('/proc/self/fd').length;
      const before = descriptors();
      for (let attempt = 0; attempt < 3; attempt++) {
        await assert.rejects(sockets.open(taken.port, undefined), { code: 'EADDRINUSE' });
      }
      await until(() => descriptors() === before, 'what was opened to be closed');
    });

    it('give the port back when they are closed, and send and hear nothing any more', async () => {
      const { socket, port } = await openSomewhere(sockets);
      const { heard, port: to } = await peer();
      socket.close();
      socket.close();
      socket.send(Buffer.from('late'), to, LOOPBACK);
      const again = await sockets.open(port, undefined);
      again.send(Buffer.from('new'), to, LOOPBACK);
      await until(() => heard.length > 0, 'a packet');
      assert.deepEqual(
        heard.map(({ text }) => text),
        ['new'],
      );
      again.close();
    });

    it('bear far ends that cannot be reached', async () => {
      const { socket } = await openSomewhere(sockets);
      const { heard, port } = await peer();
      for (const address of ['', '::1', 'phone.example', '1.2.3', '300.1.2.3', '240.0.0.1'])
        socket.send(Buffer.from('x'), 9, address);
      socket.send(Buffer.from('closed port'), 9, LOOPBACK);
      sockets.read();
      socket.send(Buffer.from('heard'), port, LOOPBACK);
      await until(() => heard.length > 0, 'a packet');
      socket.close();
    });
  });
}

describe('sockets of the kernel', () => {
  it('read what has gathered in the order in which it came, at most 32 of a socket before a slot', async () => {
    const sockets = await kernelSockets();
    const [flooded, other] = [await openSomewhere(sockets), await openSomewhere(sockets)];
    const far = await farEnd();
    const heard: number[] = [];
    let others = 0;
    flooded.socket.onMessage((packet) => heard.push(packet.readUInt8(0)));
    other.socket.onMessage(() => others++);
    for (let index = 0; index < 40; index++) await sent(far.socket, Buffer.of(index), flooded.port);
    await sent(far.socket, Buffer.of(0), other.port);
    sockets.read();
    assert.deepEqual([heard.length, others], [32, 1]);
    sockets.read();
    assert.deepEqual(
      heard,
      Array.from({ length: 40 }, (_, index) => index),
    );
    for (const { socket } of [flooded, other]) socket.close();
    far.socket.close();
  });

  it('drop what is longer than any packet of ours, and take the next', async () => {
    const sockets = await kernelSockets();
    const { socket, port } = await openSomewhere(sockets);
    const far = await farEnd();
    const lengths: number[] = [];
    socket.onMessage((packet) => lengths.push(packet.length));
    for (const length of [2_048, 9_000, 2_047, 172]) await sent(far.socket, Buffer.alloc(length), port);
    sockets.read();
    assert.deepEqual(lengths, [2_047, 172]);
    socket.close();
    far.socket.close();
  });

  it('leave out a socket that another has closed in the same read', async () => {
    const sockets = await kernelSockets();
    const [one, two] = [await openSomewhere(sockets), await openSomewhere(sockets)];
    const far = await farEnd();
    let heard = 0;
    for (const { socket } of [one, two]) {
      socket.onMessage(() => {
        heard++;
        one.socket.close();
        two.socket.close();
      });
    }
    for (const { port } of [one, two]) await sent(far.socket, 'x', port);
    sockets.read();
    assert.equal(heard, 1);
    far.socket.close();
  });

  it('can be closed by who has the table of descriptors, when their thread is gone', async () => {
    const descriptors = new DescriptorTable();
    const sockets = await kernelSockets(descriptors);
    const { port } = await openSomewhere(sockets);
    new DescriptorTable(descriptors.shared).closeAll();
    const again = await kernelSockets(descriptors);
    (await again.open(port, undefined)).close();
  });

  it('are not for IPv6, which the event loop has', async () => {
    const sockets = await workerSockets('::1', new DescriptorTable());
    assert.ok(!(sockets instanceof KernelSockets));
    const { socket } = await openSomewhere(sockets);
    socket.close();
    const table = new DescriptorTable();
    tables.push(table);
    assert.ok((await workerSockets(LOOPBACK, table)) instanceof KernelSockets);
  });
});
