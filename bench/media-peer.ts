/**
 * The far end of `media-legs.ts`: a process with a few sockets that sends 50 packets a second to every port it is told, spread over
 * the 20 ms, and counts gaps in the sequence numbers of what comes back.
 */
import { createSocket, type Socket } from 'node:dgram';

const SOCKETS = 8;
const SLOTS = 20;
const SLOT_MS = 20 / SLOTS;
const payloadType = Number(process.argv[2] ?? 0);

interface Source {
  highest: number;
  first: number;
  received: number;
}

const sources = new Map<number, Source>();

function count(packet: Buffer): void {
  if (packet.length < 12) return;
  const ssrc = packet.readUInt32BE(8);
  const sequence = packet.readUInt16BE(2);
  const source = sources.get(ssrc);
  if (!source) {
    sources.set(ssrc, { highest: sequence, first: sequence, received: 1 });
    return;
  }
  source.received++;
  const ahead = (sequence - source.highest) & 0xffff;
  if (ahead < 0x8000) source.highest += ahead;
}

const sockets: Socket[] = [];
for (let index = 0; index < SOCKETS; index++) {
  const socket = createSocket({ type: 'udp4', lookup: (address, _options, callback) => callback(null, address, 4) });
  socket.on('message', count);
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  socket.setRecvBufferSize(4 * 2 ** 20);
  sockets.push(socket);
}

function send(ports: readonly number[]): void {
  const packets = ports.map((_, index) => {
    const packet = Buffer.alloc(172, 0xd5);
    packet[0] = 0x80;
    packet[1] = payloadType;
    packet.writeUInt32BE(index + 1, 8);
    return packet;
  });
  const started = performance.now();
  let slot = 0;
  setInterval(() => {
    const due = Math.floor((performance.now() - started) / SLOT_MS);
    for (; slot < due; slot++) {
      const turn = Math.floor(slot / SLOTS);
      for (let index = slot % SLOTS; index < ports.length; index += SLOTS) {
        const packet = packets[index];
        const socket = sockets[index % SOCKETS];
        if (!packet || !socket) continue;
        packet.writeUInt16BE(turn & 0xffff, 2);
        packet.writeUInt32BE((turn * 160) >>> 0, 4);
        socket.send(packet, ports[index], '127.0.0.1');
      }
    }
  }, 1);
}

process.on('message', (message: readonly number[] | 'stop') => {
  if (message === 'stop') {
    let lost = 0;
    for (const source of sources.values()) lost += source.highest - source.first + 1 - source.received;
    process.send?.({ lost });
  } else {
    process.send?.(sockets.map((socket) => socket.address().port));
    send(message);
  }
});
