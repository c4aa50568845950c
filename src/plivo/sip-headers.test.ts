import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSipHeaders } from './sip-headers.ts';

const headers = (text: string | undefined) => parseSipHeaders(text).headers;

describe('custom SIP headers', () => {
  it('are pairs divided by commas, their names without X-PH-', () => {
    assert.deepEqual(headers('CustomId=123, room=a%20b ,X-PH-Ticket=A(1)'), { CustomId: '123', room: 'a%20b', Ticket: 'A(1)' });
    assert.deepEqual(headers(undefined), {});
    assert.deepEqual(headers(' , ,'), {});
  });

  it('are left out under names that are reserved, in any letter case', () => {
    const { headers: kept, dropped } = parseSipHeaders(
      'ph-a=1,PLIVO-x=1,Plivox=1,FS-a=1,SipAuthUser=1,zt-a=1,TwilioSid=1,clientregion=1,ClientRegions=1,phone=2',
    );
    assert.deepEqual(kept, { ClientRegions: '1', phone: '2' });
    assert.equal(dropped.length, 8);
  });

  it('are left out when name or value could not stand in a header', () => {
    for (const pair of ['a b=1', '=1', 'a', 'a=', 'a=x\r\nb', 'a=b=c', 'ä=1', `${'n'.repeat(25)}=1`, `a=${'v'.repeat(121)}`]) {
      assert.deepEqual(parseSipHeaders(pair).headers, {}, pair);
      assert.equal(parseSipHeaders(pair).dropped.length, 1, pair);
    }
    assert.deepEqual(headers(`${'n'.repeat(24)}=${'v'.repeat(120)}`), { ['n'.repeat(24)]: 'v'.repeat(120) });
  });

  it('are twenty at most, and the last of one name counts', () => {
    assert.equal(Object.keys(headers(Array.from({ length: 50 }, (_, n) => `h${n}=1`).join())).length, 20);
    assert.deepEqual(headers('a=1,a=2'), { a: '2' });
    assert.equal(Object.keys(headers('constructor=1,toString=2')).length, 2);
  });
});
