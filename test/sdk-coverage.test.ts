import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { routeOf, routes, routesOf } from '../acceptance/coverage/routes.ts';
import { toldBy, verdictOn } from '../acceptance/coverage/verdict.ts';

const NOTHING = { cannotSend: {}, otherStatus: {} };
const LIST = 'GET /v1/Account/{auth_id}/Call/';
const ACCOUNT = '/v1/Account/MA1';
const API = 'api.plivo.com';

describe('what counts as covered', () => {
  test('a request is the route whose words are its words, whatever slashes the SDK sends', () => {
    for (const [method, host, target, key] of [
      ['GET', API, `${ACCOUNT}//`, 'GET /v1/Account/{auth_id}/'],
      ['GET', API, `${ACCOUNT}/Call/?limit=5`, LIST],
      ['GET', API, `${ACCOUNT}/Call/?limit=5&status=live`, `${LIST}?status=live`],
      ['GET', API, `${ACCOUNT}/Call/x?status=queued`, `${LIST}{call_uuid}/?status=queued`],
      ['GET', 'zt.plivo.com', `${ACCOUNT}/Call/`, 'GET //zt.plivo.com/v1/Account/{auth_id}/Call/'],
      ['POST', API, `${ACCOUNT}/PhoneNumber/Compliance/`, 'POST /v1/Account/{auth_id}/PhoneNumber/Compliance/'],
      ['POST', API, `${ACCOUNT}/PhoneNumber/14155550100/`, 'POST /v1/Account/{auth_id}/PhoneNumber/{number}/'],
      ['POST', 'phlorunner.plivo.com', '/v1/account/MA1/phlo/p/', 'POST /v1/account/{auth_id}/phlo/{phlo_id}'],
      ['GET', 'lookup.plivo.com', '/v1/Number/+1415?type=carrier', 'GET /v1/Number/{number}'],
    ] as const) {
      assert.equal(routeOf(method, host, target)?.key, key, target);
    }
    assert.equal(routeOf('GET', API, `${ACCOUNT}/Nothing/`), undefined);
    assert.equal(routeOf('GET', API, '/v1/Number/1415'), undefined, 'not on that host');
    assert.equal(new Set(routes.map(({ key }) => key)).size, routes.length);
  });

  test('lines of a program are those that are JSON with a route', () => {
    const ok = { route: LIST, ok: true };
    const noise = ['Application/ {"x":1}', '{"a":1}', '{"route":5,"ok":true}', '{broken'];
    assert.deepEqual(toldBy([...noise, JSON.stringify(ok)].join('\n')), [{ ...ok, error: undefined }]);
  });

  const verdict = (told: boolean[], statuses: number[], limits: Parameters<typeof verdictOn>[1] = NOTHING) => {
    const { tested, untested } = verdictOn(
      'node',
      limits,
      told.map((ok) => ({ route: LIST, ok, error: undefined })),
      statuses.map((status) => ({ request: 'GET x', route: LIST, status })),
    );
    return tested.has(LIST) ? 'tested' : (untested.get(LIST) ?? 'not there');
  };

  test('a route counts when it was seen to succeed and the program has found nothing wrong', () => {
    assert.equal(verdict([true], [200]), 'tested');
    assert.equal(verdict([true], [404, 200]), 'tested', 'something was waited for');
    assert.match(verdict([true, false], [200]), /not ok/);
    assert.match(verdict([true], []), /told, but never called/);
    assert.match(verdict([], [200]), /says nothing of it/);
    assert.match(verdict([], []), /never called/);
    assert.match(verdict([true], [404]), /answered with 404/);
    assert.match(verdict([true], [503, 200]), /answered with 503/);
    assert.equal(verdict([true], [422], { ...NOTHING, otherStatus: { [LIST]: { status: 422, why: '' } } }), 'tested');
    assert.equal(verdict([], [], { ...NOTHING, cannotSend: { [LIST]: 'why' } }), 'not there');
  });

  test('what belongs to no route is told', () => {
    const told = [{ route: 'GET /nothing', ok: true, error: undefined }];
    const seen = [{ request: 'GET /v2/', route: undefined, status: 404 }];
    const limits = { ...NOTHING, cannotSend: { 'GET /none': 'why' } };
    const { strange, has } = verdictOn('node', limits, told, seen);
    assert.deepEqual(strange, [
      'no route of the SDKs: GET /v2/ 404',
      'told, but no route of this SDK: GET /nothing',
      'limited, but no route of this SDK: GET /none',
    ]);
    assert.equal(has.length, routesOf('node').length);
  });
});
