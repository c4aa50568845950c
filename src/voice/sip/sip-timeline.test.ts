import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import type { TraceEvent } from '../../sip/wire.ts';
import { SipTimeline } from './sip-timeline.ts';

const message = (callId: string, method: string, firstLine = method): TraceEvent => ({
  callId,
  method,
  firstLine,
  direction: 'in',
  transport: 'udp',
  remote: '192.0.2.1:5060',
  at: 0,
});

describe('SIP messages in the timeline of a call', () => {
  let clock: VirtualClock;
  let timeline: SipTimeline;
  let noted: unknown[];
  const note = (_: string, detail: Readonly<Record<string, unknown>>) => void noted.push(detail.message);
  beforeEach(() => {
    clock = new VirtualClock();
    timeline = new SipTimeline(clock);
    noted = [];
  });

  it('begin with those that came before the call was followed', () => {
    timeline.trace(message('a', 'INVITE'));
    timeline.trace(message('a', 'INVITE', 'SIP/2.0 100 Trying'));
    timeline.trace(message('b', 'INVITE'));
    timeline.follow('a', note);
    timeline.trace(message('a', 'ACK'));
    timeline.trace(message('a', 'OPTIONS'));
    assert.deepEqual(noted, ['INVITE', 'SIP/2.0 100 Trying', 'ACK']);
  });

  it('end shortly after the call', async () => {
    const release = timeline.follow('a', note);
    release();
    release();
    timeline.trace(message('a', 'BYE'));
    await clock.advance(5_001);
    timeline.trace(message('a', 'BYE', 'SIP/2.0 200 OK'));
    assert.deepEqual(noted, ['BYE']);
  });

  it('leave no timer behind when the server stops', () => {
    timeline.follow('a', note)();
    timeline.stop();
    timeline.trace(message('a', 'BYE'));
    assert.deepEqual([noted, clock.pending], [[], 0]);
  });
});
