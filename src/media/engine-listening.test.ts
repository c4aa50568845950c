import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { MediaRig } from '../../testkit/media-rig.ts';
import { babble } from '../carriers/simulator/voice/babble.ts';

describe('listening on a leg', { concurrency: 4 }, async () => {
  const rig = new MediaRig();
  after(() => rig.close());
  const never = new AbortController().signal;

  it('hears silence only after it has lasted', async () => {
    const { leg, peer } = await rig.call();
    peer.speak(leg.localPort, 440);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const heard = leg.listen({ silenceMs: 200 }, never);
    const early = await Promise.race([heard, new Promise((resolve) => setTimeout(() => resolve('nothing'), 400))]);
    assert.equal(early, 'nothing');
    peer.speak(leg.localPort, 0);
    assert.deepEqual(await heard, { kind: 'silence' });
    await leg.close();
  });

  it('ends with its signal and with the leg', async () => {
    const { leg } = await rig.call();
    const abort = new AbortController();
    const heard = leg.listen({ speech: true }, abort.signal);
    abort.abort();
    assert.equal(await heard, undefined);
    const other = leg.listen({ speech: true }, never);
    await leg.close();
    assert.equal(await other, undefined);
    assert.equal(await leg.listen({ silenceMs: 10 }, never), undefined);
  });

  for (const codec of ['PCMU', 'G722'] as const) {
    it(`tells a person from a machine by how they answer, ${codec}`, async () => {
      const rules = { windowMs: 4_000, initialSilenceMs: 2_000, greetingMs: 1_000, speechMs: 4_000, words: 5, silenceMs: 500 };
      for (const [characters, by] of [
        [8, 'human'],
        [40, 'machine'],
      ] as const) {
        const { leg, peer } = await rig.call({ codec });
        const far = await rig.engine.openLeg();
        const flow = { ...peer.flow(), codec, payloadType: codec === 'PCMU' ? 0 : 9, telephoneEventPayloadType: undefined };
        leg.setFlow({ ...flow, remotePort: far.localPort, remoteRtcpPort: far.localPort + 1 });
        far.setFlow({ ...flow, remotePort: leg.localPort, remoteRtcpPort: leg.localPort + 1 });
        const listening = leg.listen({ answer: rules }, never);
        const clip = rig.engine.createClip(babble('x'.repeat(characters), 8000), 8000);
        far.play(
          [
            { kind: 'silence', ms: 200 },
            { kind: 'clip', clip },
          ],
          { loop: 1 },
        );
        const heard = await listening;
        assert.ok(heard?.kind === 'answer');
        assert.equal(heard.verdict.by, by);
        await Promise.all([leg.close(), far.close()]);
      }
    });
  }

  it('reports that no media comes, again and again, but not while the far end may be silent', async () => {
    const { leg, peer } = await rig.call();
    let reports = 0;
    leg.onMediaTimeout(120, () => reports++);
    peer.speak(leg.localPort, 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(reports, 0);
    peer.mute();
    await new Promise((resolve) => setTimeout(resolve, 420));
    assert.ok(reports >= 2 && reports <= 4, `${reports} reports`);
    leg.setFlow(peer.flow({ direction: 'sendonly' }));
    await new Promise((resolve) => setTimeout(resolve, 40));
    const before = reports;
    await new Promise((resolve) => setTimeout(resolve, 250));
    assert.equal(reports, before);
    await leg.close();
  });
});
