import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PathTemplates } from './path-templates.ts';

test('a path is known by its parts, a fixed one before a parameter, slashes and query aside', () => {
  const templates = new PathTemplates();
  templates.add('/v1/Account/:auth_id/Message', ['GET', 'POST']);
  templates.add('/v1/Account/:auth_id/:thing', ['DELETE']);
  assert.deepEqual(templates.verbsOf('/v1/Account/MA1/Message'), ['GET', 'POST']);
  assert.deepEqual(templates.verbsOf('//v1/Account/MA1/Message//?a=/b/c'), ['GET', 'POST']);
  assert.deepEqual(templates.verbsOf('/v1/Account/MA1/Other/'), ['DELETE']);
  templates.add('/v1/Pool/:id/&service=:service', ['GET']);
  assert.deepEqual(templates.verbsOf('/v1/Pool/1/&service=sms?x=1'), ['GET']);
  assert.equal(templates.verbsOf('/v1/Pool/1/other'), undefined);
  assert.equal(templates.verbsOf('/v1/Account/MA1'), undefined);
  assert.equal(templates.verbsOf('/'), undefined);
});
