import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DeliveryRig, quickPolicy, until, useDeliveryRig } from '../../testkit/delivery-rig.ts';

let rig: DeliveryRig;
useDeliveryRig((fresh) => {
  rig = fresh;
});

describe('a webhook', () => {
  it('is sent right after its commit, signed, and told to its handler with the answer', async () => {
    const sender = rig.dispatcher();
    await rig.caughtUp(sender);
    rig.target.respond = (_, response) => response.setHeader('content-type', 'text/xml').end('<Response/>');
    const one = rig.job({ url: rig.target.url('/hook?tenant=7&x=a%20b#ct=500') });
    await rig.send(sender, [one]);
    const [webhook] = await rig.ended(one);
    assert.equal(sender.counts.handedOver, 1);
    const [received] = rig.target.received;
    assert.equal(received?.method, 'POST');
    assert.equal(received?.path, '/hook?tenant=7&x=a%20b');
    assert.equal(received?.body, 'Status=sent&Text=Z%C3%BCrich+%26+more');
    assert.equal(received?.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(received?.headers['user-agent'], 'Ringdown/test');
    assert.equal(received?.headers['x-signed'], one.id);
    const outcome = rig.outcomes[0]?.outcome;
    assert.ok(outcome?.kind === 'delivered');
    assert.deepEqual([outcome.status, outcome.contentType, outcome.body.toString()], [200, 'text/xml', '<Response/>']);
    assert.equal(webhook?.result, 'delivered');
    const [attempt] = webhook?.attempts ?? [];
    assert.deepEqual([attempt?.attempt, attempt?.status, attempt?.error, attempt?.response], [1, 200, null, '<Response/>']);
    assert.equal(attempt?.nextAttemptAt, null);
  });

  it('with GET has its parameters added to the query of its URL', async () => {
    const sender = rig.dispatcher();
    await rig.caughtUp(sender);
    const jobs = [
      rig.job({ method: 'GET', url: rig.target.url('/hook?tenant=7') }),
      rig.job({ method: 'GET', payload: { json: { api_id: 'a', n: 1, list: [1] } } }),
    ];
    await rig.send(sender, jobs);
    await rig.ended(...jobs);
    const paths = rig.target.received.map(({ path, body }) => path + body).sort();
    assert.deepEqual(paths, ['/hook?api_id=a&n=1&list=%5B1%5D', '/hook?tenant=7&Status=sent&Text=Z%C3%BCrich+%26+more']);
  });

  it('may carry JSON, and never credentials', async () => {
    const sender = rig.dispatcher();
    await rig.caughtUp(sender);
    const one = rig.job({ payload: { json: { message: 'ok' } }, url: rig.target.url('/hook').replace('//', '//user:secret@') });
    await rig.send(sender, [one]);
    await rig.ended(one);
    assert.equal(rig.target.received[0]?.body, '{"message":"ok"}');
    assert.equal(rig.target.received[0]?.headers['content-type'], 'application/json');
    assert.equal(rig.target.received[0]?.headers.authorization, undefined);
  });

  it('is repeated while the server answers 500, and ends with the first 200', async () => {
    const sender = rig.dispatcher();
    await rig.caughtUp(sender);
    rig.target.respond = (_, response) => {
      response.statusCode = rig.target.received.length < 3 ? 500 : 200;
      response.end('busy');
    };
    const one = rig.job();
    await rig.send(sender, [one]);
    const [webhook] = await rig.ended(one);
    assert.deepEqual(
      webhook?.attempts.map(({ attempt, status, error }) => [attempt, status, error]),
      [
        [1, 500, 'answered with status 500'],
        [2, 500, 'answered with status 500'],
        [3, 200, null],
      ],
    );
    assert.equal(webhook?.result, 'delivered');
    assert.equal(rig.outcomes.length, 1);
  });

  it('has failed after the last attempt, and its handler is told why', async () => {
    const sender = rig.dispatcher();
    await rig.caughtUp(sender);
    rig.target.respond = (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    const one = rig.job();
    await rig.send(sender, [one]);
    const [webhook] = await rig.ended(one);
    assert.equal(webhook?.attempts.length, 4);
    assert.equal(webhook?.result, 'failed');
    assert.deepEqual(rig.outcomes[0]?.outcome, { kind: 'failed', reason: 'answered with status 302' });
    assert.equal(rig.target.received.length, 4);
  });

  it('waits in the table for a late retry, free for any node', async () => {
    const first = rig.dispatcher({ kind: { policy: () => ({ ...quickPolicy, retryDelaysMs: [3_000] }) } });
    await rig.caughtUp(first);
    rig.target.respond = (_, response) => {
      response.statusCode = rig.target.received.length === 1 ? 503 : 200;
      response.end();
    };
    const one = rig.job();
    await rig.send(first, [one]);
    await until(async () => (await rig.stored(one.subjectId)).attempts.length === 1);
    const { rows } = await rig.database.storage.pool.query('select node, attempts from webhook_queue');
    assert.deepEqual(rows, [{ node: null, attempts: 1 }]);
    await first.stop(100);
    await rig.database.storage.pool.query('update webhook_queue set due_at = now()');
    const second = rig.dispatcher({ node: 'node-b' });
    await second.start();
    const [webhook] = await rig.ended(one);
    assert.deepEqual(
      webhook?.attempts.map(({ attempt, status }) => [attempt, status]),
      [
        [1, 503],
        [2, 200],
      ],
    );
  });

  it('keeps nothing of sensitive parameters nor of the answer once it has ended', async () => {
    const sender = rig.dispatcher();
    await rig.caughtUp(sender);
    rig.target.respond = (_, response) => response.end('you said: Zürich');
    const one = rig.job({ sensitive: ['Text'] });
    await rig.send(sender, [one]);
    const [webhook] = await rig.ended(one);
    assert.equal(rig.target.received[0]?.params.Text, 'Zürich & more');
    assert.deepEqual(webhook?.payload, { form: { Status: 'sent', Text: '***' } });
    assert.equal(webhook?.attempts[0]?.response, null);
  });

  it('survives any character in its parameters and in the answer', async () => {
    const sender = rig.dispatcher();
    await rig.caughtUp(sender);
    rig.target.respond = (_, response) => response.end(Buffer.from([0, 0xff, 0x41]));
    const text = 'nul \u0000 half \uD83D quote \' " \\ end';
    const one = rig.job({ payload: { form: { Text: text } } });
    await rig.send(sender, [one]);
    const [webhook] = await rig.ended(one);
    assert.equal(rig.target.received[0]?.params.Text, text.toWellFormed());
    assert.deepEqual(webhook?.payload, { form: { Text: text } });
    assert.equal(webhook?.attempts[0]?.response, '\uFFFD\uFFFDA');
  });

  it('to something that is not a URL fails without harm to the others', async () => {
    const sender = rig.dispatcher();
    await rig.caughtUp(sender);
    const jobs = [rig.job({ url: 'not a url' }), rig.job()];
    await rig.send(sender, jobs);
    const [bad, good] = await rig.ended(...jobs);
    assert.equal(bad?.result, 'failed');
    assert.equal(bad?.attempts[0]?.error, 'not a URL');
    assert.equal(good?.result, 'delivered');
  });

  it('is told to a handler again that failed, before it is recorded as ended', async () => {
    let calls = 0;
    const sender = rig.dispatcher({
      kind: {
        onOutcome: async () => {
          if (++calls === 1) throw new Error('database restarts');
        },
      },
    });
    await rig.caughtUp(sender);
    const one = rig.job();
    await rig.send(sender, [one]);
    await until(() => calls === 1);
    assert.equal((await rig.stored(one.subjectId)).result, null);
    await rig.ended(one);
    assert.equal(calls, 2);
    assert.equal(rig.target.received.length, 1);
  });
});
