import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EnvironmentError, publicUrlOf, readEnvironment } from './environment.ts';

const noInterfaces = () => ({});

test('without variables everything has the default of the contract', () => {
  assert.deepEqual(readEnvironment({}, noInterfaces), {
    httpPort: 7464,
    sipPort: 5060,
    sipTls: undefined,
    rtpPorts: { first: 20000, last: 29999 },
    bind: '127.0.0.1',
    publicUrl: undefined,
    publicIp: '127.0.0.1',
    dataDir: './data',
    configFile: undefined,
    authId: undefined,
    authToken: undefined,
    operatorToken: undefined,
    databaseUrl: undefined,
    redisUrl: undefined,
    logLevel: 'info',
    instanceKey: undefined,
    allowPrivateWebhooks: true,
    drainSeconds: 10,
  });
});

test('an empty variable counts as not set', () => {
  assert.deepEqual(
    readEnvironment({ RINGDOWN_HTTP_PORT: '', DATABASE_URL: ' ' }, noInterfaces),
    readEnvironment({}, noInterfaces),
  );
});

test('public address and URL are derived from what is listened on', () => {
  const interfaces = () => ({
    lo: [{ address: '127.0.0.1', family: 'IPv4' as const, internal: true, netmask: '', mac: '', cidr: null }],
    eth0: [{ address: '192.0.2.7', family: 'IPv4' as const, internal: false, netmask: '', mac: '', cidr: null }],
  });
  const open = readEnvironment({ RINGDOWN_BIND: '0.0.0.0' }, interfaces);
  assert.deepEqual([open.publicIp, open.allowPrivateWebhooks], ['192.0.2.7', false]);
  assert.equal(publicUrlOf(open, 7464), 'http://127.0.0.1:7464');
  assert.equal(publicUrlOf(readEnvironment({ RINGDOWN_BIND: '::1' }), 80), 'http://[::1]:80');
  const named = readEnvironment({ RINGDOWN_PUBLIC_URL: 'https://api.example/' });
  assert.equal(publicUrlOf(named, 1), 'https://api.example');
  assert.equal(
    readEnvironment({ RINGDOWN_BIND: '0.0.0.0', RINGDOWN_ALLOW_PRIVATE_WEBHOOKS: 'yes' }, interfaces).allowPrivateWebhooks,
    true,
  );
});

test('a wrong value is refused by the name of its variable, and secrets are not repeated', () => {
  for (const [variable, value] of [
    ['RINGDOWN_HTTP_PORT', '70000'],
    ['RINGDOWN_HTTP_PORT', '80a'],
    ['RINGDOWN_SIP_PORT', '-1'],
    ['RINGDOWN_RTP_PORTS', '20000'],
    ['RINGDOWN_RTP_PORTS', '30000-20000'],
    ['RINGDOWN_BIND', 'everywhere'],
    ['RINGDOWN_PUBLIC_URL', 'ftp://secret@x'],
    ['RINGDOWN_PUBLIC_IP', 'host.example'],
    ['RINGDOWN_AUTH_ID', 'SA0000000000000000SECRET'],
    ['RINGDOWN_AUTH_TOKEN', 'secret'],
    ['RINGDOWN_OPERATOR_TOKEN', 'secret'],
    ['RINGDOWN_INSTANCE_KEY', 'secret'],
    ['DATABASE_URL', 'mysql://user:secret@host/db'],
    ['REDIS_URL', 'secret'],
    ['RINGDOWN_LOG_LEVEL', 'loud'],
    ['RINGDOWN_DRAIN_SECONDS', 'soon'],
    ['RINGDOWN_ALLOW_PRIVATE_WEBHOOKS', 'perhaps'],
  ] as const) {
    assert.throws(
      () => readEnvironment({ [variable]: value }, noInterfaces),
      (error) => {
        assert.ok(error instanceof EnvironmentError);
        assert.ok(error.message.startsWith(`${variable}: `), error.message);
        assert.ok(!/secret/i.test(error.message), error.message);
        return true;
      },
    );
  }
});
