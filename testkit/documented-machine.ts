import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { advance, type Machine } from '../src/sip/machine.ts';

/**
 * Walks a machine in every state on every event and holds it against the table in the comment of its file
 * (`| state | event | next | actions |`).
 */
export function assertDocumented<State extends string, Event extends string, Action extends string>(
  file: URL,
  machine: Machine<State, Event, Action>,
  states: readonly State[],
  events: readonly Event[],
): void {
  const table = new Map(documented(file).map(([state, event, next, actions]) => [`${state} ${event}`, [next, actions]]));
  assert.ok(table.size > 0, 'the file has a table');
  let walked = 0;
  for (const state of states) {
    for (const event of events) {
      const { next, actions } = advance(machine, state, event);
      const row = table.get(`${state} ${event}`);
      if (row === undefined) {
        assert.deepEqual([next, actions], [state, []], `${state} ${event} is to change nothing`);
        continue;
      }
      walked++;
      assert.deepEqual([next, actions.join(', ')], row, `${state} ${event}`);
    }
  }
  assert.equal(walked, table.size, 'every documented transition was walked');
  assert.deepEqual(Object.keys(machine).sort(), [...states].sort());
}

function documented(file: URL): readonly (readonly string[])[] {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(' * | ') && !line.includes('| event '));
  return rows.map((row) =>
    row
      .slice(4)
      .split('|')
      .map((cell) => cell.trim())
      .slice(0, 4),
  );
}
