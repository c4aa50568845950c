import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { describe, it } from 'node:test';
import { MediaRig } from '../../testkit/media-rig.ts';
import { until } from '../../testkit/rtp-peer.ts';

/** Twelve octets of header and 20 ms of G.711. */
const PACKET_BYTES = 172;

const canBind = async (port: number): Promise<boolean> => {
  const socket = createSocket('udp4');
  const bound = new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
  const isFree = await bound;
  socket.close();
  return isFree;
};

describe('the sockets of legs', () => {
  it('are open while the leg is, and closed when its thread has ended in the midst of its work', async (t) => {
    const rig = new MediaRig();
    t.after(() => rig.close());
    const { leg, peer } = await rig.call();
    leg.play([{ kind: 'tone', tone: 'ringback' }], { loop: 0 });
    await until(() => peer.packets.length > 3, 'packets');
    const ports = [leg.localPort, leg.localPort + 1];
    for (const port of ports) assert.equal(await canBind(port), false, `${port} is open`);
    rig.killWorker(leg);
    await until(() => rig.faults.length > 0, 'the end of the thread');
    for (const port of ports) assert.equal(await canBind(port), true, `${port} is closed`);
  });

  it('speak IPv6 where the server is bound to it', async (t) => {
    const rig = new MediaRig({ bindAddress: '::1' });
    const far = createSocket('udp6');
    t.after(async () => {
      far.close();
      await rig.close();
    });
    await new Promise<void>((resolve) => far.bind(0, '::1', resolve));
    const { leg } = await rig.call({ flow: { remoteAddress: '::1', remotePort: far.address().port } });
    leg.play([{ kind: 'tone', tone: 'ringback' }], { loop: 0 });
    const heard: [number, string, number][] = [];
    far.on('message', (packet, from) => {
      heard.push([packet.length, from.address, from.port]);
      // Back, as if the far end said the same.
      far.send(packet, from.port, '::1');
    });
    await until(() => heard.length > 3, 'packets');
    assert.deepEqual(heard[0], [PACKET_BYTES, '::1', leg.localPort]);
    assert.ok((await leg.close()).packetsReceived > 0, 'what the far end sent was heard');
  });
});
