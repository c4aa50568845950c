import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, describe, it } from 'node:test';
import type { MessagePort } from 'node:worker_threads';
import { RtpHeader } from 'werift';
import { DtlsBrowser } from '../../../testkit/dtls-browser.ts';
import { until } from '../../../testkit/rtp-peer.ts';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import { selfSignedCertificate } from '../../runtime/self-signed-certificate.ts';
import type { SrtpKeys } from './dtls-keys.ts';
import type { Handshake } from './handshake.ts';
import { HandshakeThread } from './handshake-thread.ts';
import { fingerprintOf } from './leg-identity.ts';
import { RemoteHandshakes } from './remote-handshakes.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';

const identityOf = (name: string) => selfSignedCertificate(name, Date.now(), 86_400_000);
const SERVER = identityOf('server');
/** A thread that has to load the library, on a machine that does other things. */
const THREAD_MS = 20_000;

/** A media worker as the thread sees it, in this thread. */
class Asking {
  readonly remote = new RemoteHandshakes();
  readonly ports: MessagePort[] = [];

  send({ port }: { readonly port: MessagePort }): void {
    this.ports.push(port);
    this.remote.connect(port);
    port.unref();
  }

  /** A browser that shows this certificate, where that of `expected` is awaited. */
  shakeHands(shown = identityOf('browser'), expected = shown) {
    const agreed: SrtpKeys[] = [];
    const handshake: Handshake = this.remote.begin(
      SERVER,
      fingerprintOf(expected.cert),
      (packet) => browser.receive(packet),
      (keys) => agreed.push(keys),
    );
    const browser = new DtlsBrowser(shown, (packet) => handshake.receive(packet));
    browser.connect();
    return { agreed, browser };
  }
}

const packet = Buffer.alloc(172, 7);
packet.writeUInt16BE(0x8000, 0);

describe('the thread of handshakes', () => {
  const clock = new VirtualClock();
  const faults: Error[] = [];
  const thread = new HandshakeThread(clock, (error) => faults.push(error));
  after(() => thread.close());

  const isDone = ({ agreed }: { readonly agreed: readonly SrtpKeys[] }) => until(() => agreed.length > 0, 'keys', THREAD_MS);

  it('gives both sides the same keys, for several media workers and several peers of each', async () => {
    const workers = [new Asking(), new Asking()] as const;
    for (const worker of workers) thread.engage(worker);
    const several = workers.flatMap((worker) => [worker.shakeHands(), worker.shakeHands()]);
    await Promise.all(several.map(isDone));
    for (const { agreed, browser } of several) {
      const [keys] = agreed;
      assert.ok(keys);
      const session = browser.session();
      assert.deepEqual(Buffer.from(session.decrypt(new SrtpSender(keys.suite, keys.own).protectRtp(packet))), packet);
      const said = session.encrypt(packet.subarray(12), RtpHeader.deSerialize(packet));
      assert.deepEqual(new SrtpReceiver(keys.suite, keys.peer).openRtp(said), packet);
      assert.equal(agreed.length, 1);
    }
    for (const _ of workers) thread.release();
  });

  it('gives no keys for another certificate', async () => {
    const worker = new Asking();
    thread.engage(worker);
    const stranger = worker.shakeHands(identityOf('stranger'), identityOf('browser'));
    await until(() => stranger.browser.isConnected, 'the handshake', THREAD_MS);
    await isDone(worker.shakeHands());
    assert.deepEqual(stranger.agreed, []);
    thread.release();
  });

  it('rests when there has been no secured leg for a while, and is there again for the next', async () => {
    const worker = new Asking();
    thread.engage(worker);
    await isDone(worker.shakeHands());
    const ended = new Promise<void>((resolve) => void worker.ports[0]?.once('close', resolve));
    thread.release();
    await clock.advance(9_000);
    thread.engage(worker);
    await clock.advance(60_000);
    assert.equal(worker.ports.length, 1, 'it did not rest meanwhile');
    thread.release();
    await clock.advance(10_000);
    await ended;
    thread.engage(worker);
    assert.equal(worker.ports.length, 2);
    await isDone(worker.shakeHands());
    assert.deepEqual(faults, []);
    thread.release();
  });

  it('is told of when it dies, and another does the next handshakes', async () => {
    const worker = new Asking();
    thread.engage(worker);
    await isDone(worker.shakeHands());
    worker.ports[0]?.postMessage(null);
    await until(() => faults.length > 0, 'the fault', THREAD_MS);
    thread.engage(worker);
    await isDone(worker.shakeHands());
    assert.deepEqual([faults.splice(0).length, worker.ports.length], [1, 2]);
    thread.release();
    thread.release();
  });

  it('takes no more packets of a peer than an honest one sends while it is busy', () => {
    const posted: unknown[] = [];
    const port = { on: () => undefined, close: () => undefined, postMessage: (message: unknown) => posted.push(message) };
    const remote = new RemoteHandshakes();
    remote.connect(port);
    const handshake = remote.begin(
      SERVER,
      fingerprintOf(SERVER.cert),
      () => undefined,
      () => undefined,
    );
    for (let n = 0; n < 1_000; n++) handshake.receive(packet);
    assert.equal(posted.length, 17, 'its beginning and 16 packets');
    handshake.close();
    handshake.receive(packet);
    assert.equal(posted.length, 18);
  });
});

it('no media worker loads the library of the handshakes: that takes a quarter of a second, in which no leg of it would be served', async () => {
  const seen = new Set<string>();
  const walk = async (file: URL): Promise<void> => {
    if (seen.has(file.href)) return;
    seen.add(file.href);
    const source = await readFile(file, 'utf8');
    const imports = source.matchAll(/^import (?!type )(?:[^;]*? from )?'([^']+)'|\bimport\('([^']+)'\)/gm);
    for (const [statement, fixed, dynamic] of imports) {
      const name = fixed ?? dynamic ?? '';
      if (name.startsWith('.')) await walk(new URL(name, file));
      else assert.notEqual(name, 'werift', `${file.href}: ${statement}`);
    }
  };
  await walk(new URL('../worker/media-worker.ts', import.meta.url));
  assert.ok(
    [...seen].some((href) => href.endsWith('/secure-transport.ts')),
    'the transport of secured legs is among them',
  );
});
