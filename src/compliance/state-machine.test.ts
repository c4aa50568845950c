import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { brandEvents, brandStates, brandTable } from './brand-machine.ts';
import { campaignEvents, campaignStates, campaignTable, linkEvents, linkStates, linkTable } from './campaign-machine.ts';
import { hostedEvents, hostedStates, hostedTable } from './hosted-number-machine.ts';
import { applicationEvents, applicationStates, applicationTable } from './regulatory/application-machine.ts';
import { reputationEvents, reputationStates, reputationTable } from './reputation-machine.ts';
import { after, requireAfter, type StateTable } from './state-machine.ts';
import { tollfreeEvents, tollfreeStates, tollfreeTable } from './tollfree-machine.ts';
import { verificationEvents, verificationStates, verificationTable } from './verification-machine.ts';

/** Rows `| state | event | next |` of the comments of a file. */
function documented(file: string): readonly string[] {
  const rows = readFileSync(new URL(file, import.meta.url), 'utf8').matchAll(/^ \* \| (\w+) \| (\w+) \| (\w+) \|$/gm);
  return [...rows].map(([, ...cells]) => cells.join(' ')).filter((row) => row !== 'state event next');
}

/** Every event in every state, as its row reads. */
function walked<State extends string, Event extends string>(
  table: StateTable<State, Event>,
  states: readonly State[],
  events: readonly Event[],
): readonly string[] {
  assert.deepEqual(Object.keys(table).sort(), [...states].sort());
  return states.flatMap((state) =>
    events.flatMap((event) => {
      const next = after(table, state, event);
      if (next === undefined) {
        assert.throws(() => requireAfter(table, state, event, 'not now'), { code: 'conflict', message: 'not now' });
        return [];
      }
      assert.ok(states.includes(next));
      assert.equal(requireAfter(table, state, event, 'not now'), next);
      return [`${state} ${event} ${next}`];
    }),
  );
}

describe('each state machine does what its table says, and nothing else', () => {
  const machines: readonly (readonly [string, readonly string[]])[] = [
    ['./brand-machine.ts', walked(brandTable, brandStates, brandEvents)],
    [
      './campaign-machine.ts',
      [...walked(campaignTable, campaignStates, campaignEvents), ...walked(linkTable, linkStates, linkEvents)],
    ],
    ['./tollfree-machine.ts', walked(tollfreeTable, tollfreeStates, tollfreeEvents)],
    ['./hosted-number-machine.ts', walked(hostedTable, hostedStates, hostedEvents)],
    ['./regulatory/application-machine.ts', walked(applicationTable, applicationStates, applicationEvents)],
    ['./reputation-machine.ts', walked(reputationTable, reputationStates, reputationEvents)],
    ['./verification-machine.ts', walked(verificationTable, verificationStates, verificationEvents)],
  ];
  for (const [file, rows] of machines) {
    it(file, () => assert.deepEqual([...rows].sort(), [...documented(file)].sort()));
  }
});
