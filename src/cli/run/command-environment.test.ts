import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createAuthority } from './authority.ts';
import { commandEnvironment } from './command-environment.ts';
import { writeHookFiles } from './hook-files.ts';
import { withoutNpm } from './npm-surroundings.ts';
import { isPlivoHost, isServedHost, parseAuthority } from './plivo-hosts.ts';
import { writeTrustFiles } from './trust-bundle.ts';
import { readWayOut } from './way-out.ts';

const trust = {
  authority: '/run/authority.pem',
  nodeExtra: '/run/node-extra.pem',
  bundles: { SSL_CERT_FILE: '/run/ssl.pem' },
  javaTrustStore: '/run/trust.jks',
};
const hooks = { node: '/run/a "b"/node.cjs', python: '/run/python', php: '/run/php', dotnet: '/run/dotnet/StartupHook.dll' };
const server = { url: 'http://127.0.0.1:7464', credentials: { authId: 'MAKNOWN', authToken: 'token' } };
const environmentOf = (variables: Record<string, string>, more = {}) =>
  commandEnvironment({ variables, proxyPort: 4000, trust, hooks, server, ...more });

test('a command gets the proxy, the authority and a hook for each runtime', () => {
  const environment = environmentOf({ HOME: '/home' });
  assert.equal(environment.HOME, '/home');
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) {
    assert.equal(environment[name], 'http://127.0.0.1:4000');
  }
  assert.equal(environment.NODE_OPTIONS, '--require "/run/a \\"b\\"/node.cjs"');
  assert.equal(environment.PYTHONPATH, '/run/python');
  assert.equal(environment.PHP_INI_SCAN_DIR, `${path.delimiter}/run/php`);
  assert.equal(environment.DOTNET_STARTUP_HOOKS, '/run/dotnet/StartupHook.dll');
  assert.equal(environment.SSL_CERT_FILE, '/run/ssl.pem');
  assert.match(environment.JAVA_TOOL_OPTIONS ?? '', /^-Dhttps\.proxyHost=127\.0\.0\.1 -Dhttps\.proxyPort=4000 .*trust\.jks/);
  assert.deepEqual([environment.PLIVO_AUTH_ID, environment.PLIVO_AUTH_TOKEN], ['MAKNOWN', 'token']);
});

test('what was set is added to', () => {
  const environment = environmentOf({
    NODE_OPTIONS: '--max-old-space-size=99',
    PYTHONPATH: '/mine',
    JAVA_TOOL_OPTIONS: '-Dx=y',
    PHP_INI_SCAN_DIR: '/etc/php',
    DOTNET_STARTUP_HOOKS: '/mine/Hook.dll',
  });
  assert.match(environment.NODE_OPTIONS ?? '', / --max-old-space-size=99$/);
  assert.equal(environment.PYTHONPATH, `/run/python${path.delimiter}/mine`);
  assert.match(environment.JAVA_TOOL_OPTIONS ?? '', /^-Dx=y -Dhttps/);
  assert.equal(environment.PHP_INI_SCAN_DIR, `/etc/php${path.delimiter}/run/php`);
  assert.equal(environment.DOTNET_STARTUP_HOOKS, `/run/dotnet/StartupHook.dll${path.delimiter}/mine/Hook.dll`);
});

test('exceptions from the proxy stay, except those that would lead to the hosted service', () => {
  const environment = environmentOf({ NO_PROXY: 'db.internal, *, .com,plivo.com,*.plivo.com,stats.plivo.com:443,localhost' });
  assert.equal(environment.NO_PROXY, 'localhost,127.0.0.1,::1,db.internal');
  assert.equal(environment.no_proxy, environment.NO_PROXY);
});

test('without a known account the credentials of the command stay as they are', () => {
  const variables = { PLIVO_AUTH_ID: 'MAMINE' };
  assert.equal(environmentOf(variables, { server: { ...server, credentials: undefined } }).PLIVO_AUTH_ID, 'MAMINE');
});

test('the authority is added to what a client trusted before, whatever the variable', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ringdown-trust-'));
  try {
    const authority = createAuthority(Date.now());
    const [other, root] = [createAuthority(Date.now()), createAuthority(Date.now())];
    const mine = path.join(folder, 'mine.pem');
    await writeFile(mine, other.pem);
    const variables = { REQUESTS_CA_BUNDLE: mine, NODE_EXTRA_CA_CERTS: mine, CURL_CA_BUNDLE: path.join(folder, 'gone.pem') };
    const files = await writeTrustFiles(folder, authority, variables, 0, [root.pem]);
    const read = async (file: string | undefined) => await readFile(file ?? '', 'utf8');
    assert.equal(await read(files.authority), authority.pem);
    assert.equal((await read(files.bundles.REQUESTS_CA_BUNDLE)).trim(), (authority.pem + other.pem).trim());
    assert.equal((await read(files.bundles.SSL_CERT_FILE)).trim(), (authority.pem + root.pem).trim());
    assert.equal((await read(files.bundles.CURL_CA_BUNDLE)).trim(), authority.pem.trim());
    assert.equal(await read(files.nodeExtra), authority.pem + other.pem);
    const store = await readFile(files.javaTrustStore);
    assert.equal(store.readUInt32BE(0), 0xfeedfeed);
    assert.equal(store.readUInt32BE(8), 2);
    for (const { pem } of [authority, root]) assert.ok(store.includes(new X509Certificate(pem).raw));

    const hookFiles = await writeHookFiles(folder, { port: 1, tlsPort: 2 }, files);
    assert.deepEqual(JSON.parse(await read(path.join(folder, 'run.json'))), { domain: 'plivo.com', port: 1, tlsPort: 2 });
    assert.deepEqual((await readdir(hookFiles.python)).toSorted(), ['authority.pem', 'run.json', 'sitecustomize.py']);
    assert.match(await read(path.join(hookFiles.php, 'ringdown.ini')), /curl\.cainfo="[^"]+"/);
    // The hook for .NET looks for the two settings by their text.
    assert.match(await read(path.join(folder, 'dotnet', 'run.json')), /"domain":"plivo\.com","port":1,/);
    assert.equal((await readFile(hookFiles.dotnet)).subarray(0, 2).toString(), 'MZ');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the hook for .NET is the one whose source lies beside it', async () => {
  const folder = new URL('hooks/dotnet/', import.meta.url);
  const [assembly, source] = await Promise.all(
    ['StartupHook.dll', 'StartupHook.cs'].map((name) => readFile(new URL(name, folder))),
  );
  assert.ok(
    assembly && source && assembly.includes(source),
    'it was not made again after a change of StartupHook.cs, which says how',
  );
});

test('names of the hosted service are recognised however they are written, and no others', () => {
  for (const host of ['plivo.com', 'API.Plivo.com', 'api.plivo.com.', 'a.b.plivo.com']) assert.ok(isPlivoHost(host), host);
  for (const host of ['notplivo.com', 'plivo.com.example', 'plivo.community', '', '127.0.0.1'])
    assert.ok(!isPlivoHost(host), host);
  assert.ok(isServedHost('Stats.plivo.com.') && !isServedHost('media.plivo.com') && !isServedHost('plivo.com'));
  assert.deepEqual(parseAuthority('[::1]:8', 443), { host: '::1', port: 8 });
  assert.deepEqual(parseAuthority('x.example', 443), { host: 'x.example', port: 443 });
  for (const text of ['', ':1', 'x:0', 'x:65536', 'x:y', 'a b', 'u@h']) assert.equal(parseAuthority(text, 443), undefined, text);
});

test('the proxy of before is found as curl finds it', () => {
  const wayOut = readWayOut({
    https_proxy: 'http://a:1',
    HTTPS_PROXY: 'http://b:2',
    ALL_PROXY: 'c:3',
    no_proxy: '.near.example:443',
  });
  assert.equal(wayOut.upstream('https', 'x.example', 443)?.host, 'a');
  assert.deepEqual(wayOut.upstream('http', 'x.example', 80), { host: 'c', port: 3, authorization: undefined });
  assert.equal(wayOut.upstream('https', 'db.near.example', 443), undefined);
  assert.equal(wayOut.upstream('https', 'db.near.example', 444)?.host, 'a');
  assert.equal(readWayOut({}).upstream('https', 'x.example', 443), undefined);
  assert.equal(readWayOut({ HTTPS_PROXY: 'http://a:1', NO_PROXY: '*' }).upstream('https', 'x.example', 443), undefined);
  assert.throws(() => readWayOut({ HTTPS_PROXY: 'socks5://u:secret@x' }), /^Error: HTTPS_PROXY: a proxy that begins with http:/);
});

test('called through npm, a command runs in the folder and with the programs of the caller', () => {
  const bin = ['/r/node_modules/.bin', '/node_modules/.bin', '/npm/node-gyp-bin'];
  const PATH = [...bin, '/usr/bin', '/mine/node_modules/.bin'].join(path.delimiter);
  const found = withoutNpm({ npm_lifecycle_event: 'ringdown', INIT_CWD: '/project', PATH }, '/r');
  assert.equal(found.folder, '/project');
  assert.equal(found.variables.PATH, ['/usr/bin', '/mine/node_modules/.bin'].join(path.delimiter));
  const test = { npm_lifecycle_event: 'test', INIT_CWD: '/project', PATH };
  assert.deepEqual(withoutNpm(test, '/here'), { variables: test, folder: '/here' });
});
