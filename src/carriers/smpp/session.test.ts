import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { advanceSession, type SessionEvent, type SessionState, sessionTable } from './session.ts';

const states: readonly SessionState[] = ['closed', 'connecting', 'binding', 'bound', 'unbinding'];
const events: readonly SessionEvent[] = [
  'start',
  'connected',
  'bindAccepted',
  'bindRefused',
  'lost',
  'timedOut',
  'reset',
  'peerUnbind',
  'unbindAnswered',
  'stop',
];

/** The table in the comment at the head of the file: state, event, next, actions. */
function documented(): readonly (readonly string[])[] {
  const source = readFileSync(new URL('./session.ts', import.meta.url), 'utf8');
  const rows = source.split('\n').filter((line) => line.startsWith(' * | ') && !line.includes('| event '));
  return rows.map((row) =>
    row
      .slice(4)
      .split('|')
      .map((cell) => cell.trim())
      .slice(0, 4),
  );
}

describe('SMPP session', () => {
  it('does in every state on every event exactly what the documented table says', () => {
    const table = new Map(documented().map(([state, event, next, actions]) => [`${state} ${event}`, [next, actions]]));
    let walked = 0;
    for (const state of states) {
      for (const event of events) {
        const { next, actions } = advanceSession(state, event);
        const row = table.get(`${state} ${event}`);
        if (row === undefined) {
          assert.deepEqual([next, actions], [state, []], `${state} ${event} is to change nothing`);
          continue;
        }
        walked++;
        assert.deepEqual([next, actions.join(', ')], row, `${state} ${event}`);
      }
    }
    assert.equal(walked, table.size);
    assert.equal(walked, Object.values(sessionTable).flatMap((row) => Object.keys(row)).length);
  });

  it('settles outstanding submits and closes the connection on every way to closed', () => {
    for (const state of states) {
      for (const event of events) {
        const { next, actions } = advanceSession(state, event);
        if (state === 'closed' || next !== 'closed') continue;
        assert.ok(actions.includes('settle'), `${state} ${event}`);
        assert.ok(event === 'lost' || actions.includes('drop') || actions.includes('hangUp'), `${state} ${event}`);
      }
    }
  });

  it('never dials again after a stop, and always after a loss that nobody asked for', () => {
    assert.ok(!advanceSession('bound', 'stop').actions.includes('redial'));
    for (const event of events) assert.ok(!advanceSession('unbinding', event).actions.includes('redial'), event);
    for (const state of ['connecting', 'binding', 'bound'] as const) {
      assert.ok(advanceSession(state, 'lost').actions.includes('redial'), state);
    }
  });
});
