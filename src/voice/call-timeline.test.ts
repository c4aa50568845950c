import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { silentLog } from '../../testkit/silent-log.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { type CallStep, CallStepWriter } from './call-timeline.ts';

function createWriter() {
  const clock = new VirtualClock();
  const written: { readonly callId: string; readonly steps: readonly CallStep[] }[] = [];
  const sink = {
    fault: false,
    async add(callId: string, steps: readonly CallStep[]) {
      if (sink.fault) throw new Error('the disk is full');
      written.push({ callId, steps });
    },
  };
  return { clock, written, sink, writer: new CallStepWriter(clock, sink, silentLog) };
}

describe('the timeline of a call', () => {
  test('is written in batches, two seconds after the first step of each', async () => {
    const { clock, written, writer } = createWriter();
    const timeline = writer.open('call-1');
    timeline.note('state', { state: 'ringing' });
    await clock.advance(1_500);
    timeline.note('state', { state: 'answered' });
    await clock.advance(499);
    assert.equal(written.length, 0);
    await clock.advance(2);
    assert.deepEqual(
      written.map(({ callId, steps }) => [callId, steps.map(({ detail }) => detail.state)]),
      [['call-1', ['ringing', 'answered']]],
    );
    const [first, second] = written[0]?.steps ?? [];
    assert.equal((second?.at ?? 0) - (first?.at ?? 0), 1_500);
    assert.equal(clock.pending, 0);
  });

  test('is written at once when a hundred steps have come together', async () => {
    const { clock, written, writer } = createWriter();
    const timeline = writer.open('call-1');
    for (let step = 0; step < 250; step++) timeline.note('sip', { step });
    assert.deepEqual(
      written.map(({ steps }) => steps.length),
      [100, 100],
    );
    await clock.advance(2_000);
    assert.equal(written.flatMap(({ steps }) => steps).length, 250);
  });

  test('ends after five thousand steps, and says so', async () => {
    const { clock, written, writer } = createWriter();
    const timeline = writer.open('call-1');
    for (let step = 0; step < 6_000; step++) timeline.note('sip', { step });
    await clock.advance(2_000);
    const steps = written.flatMap((each) => each.steps);
    assert.equal(steps.length, 5_000);
    assert.deepEqual([steps.at(-1)?.event, steps.at(-1)?.detail], ['steps_left_out', { limit: 5_000 }]);
    assert.equal(clock.pending, 0);
  });

  test('is written later when the database is away for a while', async () => {
    const { clock, written, sink, writer } = createWriter();
    const timeline = writer.open('call-1');
    sink.fault = true;
    timeline.note('state', { state: 'ringing' });
    await clock.advance(10_000);
    assert.equal(written.length, 0);
    sink.fault = false;
    await clock.advance(500);
    timeline.note('state', { state: 'answered' });
    await writer.stop();
    assert.deepEqual(
      written.flatMap(({ steps }) => steps.map(({ detail }) => detail.state)),
      ['ringing', 'answered'],
    );
  });

  test('that cannot be written costs its steps and nothing else, and no stop waits for it', async () => {
    const { clock, written, sink, writer } = createWriter();
    sink.fault = true;
    writer.open('call-1').note('state', { state: 'ringing' });
    await clock.advance(2_000 + 120 * 500);
    assert.equal(clock.pending, 0, 'given up');
    writer.open('call-2').note('state', { state: 'ringing' });
    await clock.advance(2_100);
    await writer.stop();
    assert.deepEqual([written, clock.pending], [[], 0]);
  });

  test('of all calls is written when the program stops', async () => {
    const { clock, written, writer } = createWriter();
    for (const callId of ['a', 'b', 'c']) writer.open(callId).note('state', {});
    await writer.stop();
    assert.deepEqual(
      written.map(({ callId }) => callId),
      ['a', 'b', 'c'],
    );
    assert.equal(clock.pending, 0);
  });
});
