import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands } from './commands.ts';
import { homeOf } from './home.ts';

const named = (name: string) => {
  const command = commands.find((each) => each.name === name);
  assert.ok(command, name);
  return homeOf(command);
};

test('what is asked of a live call is asked of the node that has it', () => {
  const commandsOfCalls = commands.filter(({ path, method }) => path.startsWith('Call/{call_uuid}/') && method !== 'GET');
  assert.ok(commandsOfCalls.length > 10);
  for (const command of commandsOfCalls.filter(({ path }) => !path.includes('Feedback'))) {
    assert.deepEqual(homeOf(command), { of: 'call', parameter: 'call_uuid' }, command.name);
  }
  assert.deepEqual(named('cancel-request'), { of: 'call', parameter: 'request_uuid' });
});

test('what is stored can be read on every node', () => {
  for (const name of ['get-call', 'list-calls', 'list-streams', 'make-call', 'list-multiparty-calls', 'get-recording']) {
    assert.equal(named(name), 'any', name);
  }
});

test('multiparty calls have a node, conferences are looked for, and what concerns all calls is asked of all', () => {
  assert.deepEqual(named('get-participant'), { of: 'multiparty', parameter: 'mpc_id' });
  assert.equal(named('mute-member'), 'conference');
  assert.equal(named('get-conference'), 'conference');
  assert.equal(named('list-conferences'), 'every');
  assert.equal(named('hang-up-all-calls'), 'every');
});

test('parameters that name a home are in the path', () => {
  for (const command of commands) {
    const home = homeOf(command);
    if (typeof home === 'object') assert.ok(command.path.includes(`{${home.parameter}}`), command.name);
  }
});
