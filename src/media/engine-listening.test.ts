import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { MediaRig } from '../../testkit/media-rig.ts';

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
