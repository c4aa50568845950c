import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, operator } from './api.ts';
import { fixture, OWN_NUMBER, PHONE } from './fixture.ts';
import { startServer } from './server.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

/** The second attempt follows 60 s after the first (messaging reference §12); a hanging target costs 8 s before that. */
const SECOND_ATTEMPT_MS = 60_000;
const ATTEMPT_TIMEOUT_MS = 8000;
const SLACK_MS = 12_000;

describe('webhook targets that hang, reset or answer 500 for a while', () => {
  it('are called again on schedule, across a kill -9, and slow nobody else down', async () => {
    const receiver = await WebhookReceiver.start();
    const healthy = await WebhookReceiver.start();
    receiver.answer((request, count) => {
      if (count > 1) return { status: 200 };
      if (request.path === '/hang') return 'hang';
      if (request.path === '/reset') return 'reset';
      return { status: 500, body: 'busy' };
    });
    try {
      await using server = await startServer({ name: 'webhook-faults', config: fixture });
      const paths = ['/hang', '/reset', '/error'];
      const app = await call(server, 'Application/', {
        body: { app_name: 'faults', answer_url: receiver.url('/answer'), message_url: receiver.url('/error-inbound') },
      });
      await call(server, `Number/${OWN_NUMBER}/`, { body: { app_id: String(app.json.app_id) } });
      const uuids = new Map<string, string>();
      for (const path of [...paths, ...Array(30).fill('/hang')]) {
        const sent = await call(server, 'Message/', {
          body: { src: OWN_NUMBER, dst: PHONE, text: path, url: receiver.url(path) },
        });
        assert.equal(sent.status, 202, sent.text);
        if (!uuids.has(path)) uuids.set(path, String(Array.isArray(sent.json.message_uuid) ? sent.json.message_uuid[0] : ''));
      }
      await operator(server, `phones/${PHONE}/messages`, { to: OWN_NUMBER, text: 'inbound to a failing target' });

      const began = performance.now();
      await call(server, 'Message/', { body: { src: OWN_NUMBER, dst: PHONE, text: 'healthy', url: healthy.url('/ok') } });
      await healthy.waitFor('report to a healthy host', (got) => got.path === '/ok', 3000);
      assert.ok(performance.now() - began < 3000, 'other hosts are served while these hang');

      const first = new Map<string, number>();
      for (const path of [...paths, '/error-inbound']) {
        const request = await receiver.waitFor(path, (got) => got.path === path, 30_000);
        first.set(path, request.at);
      }
      await sleep(ATTEMPT_TIMEOUT_MS + 1000);
      await server.kill();
      await server.start();

      for (const path of [...paths, '/error-inbound']) {
        const uuid = path === '/error-inbound' ? receiver.on(path)[0]?.params.MessageUUID : uuids.get(path);
        const status = receiver.on(path).find((got) => got.params.MessageUUID === uuid);
        assert.ok(status !== undefined, path);
        const again = await receiver.waitFor(
          `second attempt of ${path}`,
          (got) =>
            got !== status && got.path === path && got.params.MessageUUID === uuid && got.params.Status === status.params.Status,
          SECOND_ATTEMPT_MS + ATTEMPT_TIMEOUT_MS + SLACK_MS,
        );
        const gap = again.at - status.at;
        assert.ok(gap > SECOND_ATTEMPT_MS - SLACK_MS / 2, `${path} was called again after ${Math.round(gap)} ms`);
        assert.ok(
          gap < SECOND_ATTEMPT_MS + ATTEMPT_TIMEOUT_MS + SLACK_MS,
          `${path} was called again after ${Math.round(gap)} ms`,
        );
        assert.equal(again.body, status.body, 'with the same parameters');
        const timeline = await operator(server, `timeline/${String(uuid)}`);
        assert.ok(timeline.text.includes(path), 'both attempts are in the timeline');
      }
    } finally {
      await receiver.stop();
      await healthy.stop();
    }
  });
});
