import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { checkConfig } from './check-config.ts';
import { ConfigError } from './config-error.ts';
import { parseConfig, readConfigFile } from './yaml-file.ts';

const ACCOUNT = 'MAEXAMPLEACCOUNT0001';
const TOKEN = 'x'.repeat(40);

function refusal(text: string): string {
  try {
    checkConfig(parseConfig(text, 'ringdown.yaml'));
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  }
  throw new Error(`not refused: ${text}`);
}

test('the example of the contract is accepted, also as JSON', () => {
  const text = `
accounts:
  - { auth_id: ${ACCOUNT}, auth_token: "${TOKEN}", name: Demo, timezone: UTC }
applications:
  - { name: demo, account: ${ACCOUNT}, answer_url: "http://127.0.0.1:9000/answer", message_url: "http://127.0.0.1:9000/inbound" }
numbers:
  - { number: "14155550100", account: ${ACCOUNT}, application: demo, carrier: lab-trunk, country: US, type: local }
  - { number: 14155550101, account: ${ACCOUNT} }
carriers:
  - { name: lab-smsc,  kind: smpp, url: "smpp://system_id:password@127.0.0.1:2775", bind: transceiver, throughput: 100, window: 10 }
  - { name: lab-trunk, kind: sip,  url: "sip:127.0.0.1:5070;transport=udp", sources: ["127.0.0.1"] }
routes:
  - { service: sms,   prefix: "1415", carriers: [lab-smsc, simulator] }
  - { service: voice, prefix: "",     carriers: [lab-trunk] }
`;
  const document = parseConfig(text, 'ringdown.yaml');
  const { carrierOptions } = checkConfig(document);
  assert.deepEqual(carrierOptions.get('lab-smsc'), {
    url: 'smpp://system_id:password@127.0.0.1:2775',
    bind: 'transceiver',
    throughput: 100,
    window: 10,
  });
  assert.deepEqual(checkConfig(parseConfig(JSON.stringify(document.value), 'x.json')).carrierOptions, carrierOptions);
});

test('options of a carrier are renamed for its code, its own words are not', () => {
  const { carrierOptions } = checkConfig(
    parseConfig(
      `carriers:
  - name: a
    kind: smpp
    url: ssmpp://u:p@smsc.example
    response_timeout_ms: 5000
    receipt_id_form: hex
    error_codes: { "err:011": 50, ESME_RINVDSTADR: "50" }
    tls: { reject_unauthorized: false }`,
      'x',
    ),
  );
  assert.deepEqual(carrierOptions.get('a'), {
    url: 'ssmpp://u:p@smsc.example',
    responseTimeoutMs: 5000,
    receiptIdForm: 'hex',
    errorCodes: { 'err:011': '50', ESME_RINVDSTADR: '50' },
    tls: { rejectUnauthorized: false },
  });
});

test('an empty file and empty sections are accepted', () => {
  for (const text of ['', '# nothing', '{}', 'carriers:\nroutes: []']) checkConfig(parseConfig(text, 'x'));
});

test('unknown and missing keys and wrong values are told with file, line, path and what is expected', () => {
  const carrier = 'carriers:\n  - { name: a, kind: smpp, url: "smpp://u:p@h" }\n';
  const cases: readonly (readonly [text: string, expected: string])[] = [
    ['acounts: []', 'ringdown.yaml:1: acounts: unknown key'],
    [`accounts:\n  - auth_id: ${ACCOUNT}\n    nam: x`, 'ringdown.yaml:3: accounts[0].nam: unknown key'],
    ['accounts:\n  - name: x', 'ringdown.yaml:2: accounts[0]: auth_id is missing'],
    ['accounts: {}', 'ringdown.yaml:1: accounts: must be array'],
    ['- 1', 'ringdown.yaml: must be object'],
    ['accounts:\n  - auth_id: MA1', 'ringdown.yaml:2: accounts[0].auth_id: MA and 18 upper-case letters or digits are expected'],
    [
      `accounts:\n  - auth_id: ${ACCOUNT}\n    billing: free`,
      'ringdown.yaml:3: accounts[0].billing: one of prepaid, postpaid is expected',
    ],
    [
      `accounts:\n  - auth_id: ${ACCOUNT}\n    limits: { messages_per_second: -1 }`,
      'ringdown.yaml:3: accounts[0].limits.messages_per_second: a number from 0 (unlimited) is expected',
    ],
    [
      `accounts:\n  - auth_id: ${ACCOUNT}\n    balance: much`,
      'ringdown.yaml:3: accounts[0].balance: an amount of at most five decimals such as "12.50" is expected',
    ],
    [
      `accounts:\n  - auth_id: ${ACCOUNT}\n    balance: 0.0000001`,
      'ringdown.yaml:3: accounts[0].balance: an amount of at most five decimals such as "12.50" is expected',
    ],
    [
      `accounts:\n  - auth_id: ${ACCOUNT}\n    timezone: Mars/X`,
      'ringdown.yaml:3: accounts[0].timezone: an IANA time zone name is expected',
    ],
    [
      `accounts:\n  - auth_id: ${ACCOUNT}\n    geo: { thresholds: { us: { per_hour: 1, policy: block } } }`,
      'ringdown.yaml:3: accounts[0].geo.thresholds.us: unknown key',
    ],
    [`numbers:\n  - { number: "12-34", account: ${ACCOUNT} }`, 'ringdown.yaml:2: numbers[0].number: 3 to 15 digits are expected'],
    [
      `numbers:\n  - { number: 12345, account: ${ACCOUNT} }`,
      'ringdown.yaml:2: numbers[0]: country is missing, and the digits do not tell it',
    ],
    [
      `numbers:\n  - { number: 14155550100, account: ${ACCOUNT} }\n  - { number: "+14155550100", account: ${ACCOUNT} }`,
      'ringdown.yaml:3: numbers[1].number: stands at numbers[0] already',
    ],
    [
      `numbers:\n  - { number: 14155550100, account: ${ACCOUNT}, carrier: nobody }`,
      'ringdown.yaml:2: numbers[0].carrier: there is no carrier nobody',
    ],
    ['carriers:\n  - { name: a, kind: pigeon }', 'ringdown.yaml:2: carriers[0].kind: one of smpp, sip is expected'],
    ['carriers:\n  - { name: a, kind: toString }', 'ringdown.yaml:2: carriers[0].kind: one of smpp, sip is expected'],
    ['carriers:\n  - { name: a, kind: smpp }', 'ringdown.yaml:2: carriers[0]: url is missing'],
    [
      'carriers:\n  - { name: a, kind: smpp, url: "http://x" }',
      'ringdown.yaml:2: carriers[0]: an SMPP URL reads smpp://system_id:password@host:port, or ssmpp:// for TLS',
    ],
    ['carriers:\n  - { name: a, kind: smpp, url: "smpp://u:p@h", windw: 3 }', 'ringdown.yaml:2: carriers[0].windw: unknown key'],
    [
      'carriers:\n  - { name: a, kind: smpp, url: "smpp://u:p@h", window: 0 }',
      'ringdown.yaml:2: carriers[0].window: a whole number from 1 to 10000 is expected',
    ],
    [
      'carriers:\n  - { name: a, kind: sip, url: "sip:h", sources: [host.example] }',
      'ringdown.yaml:2: carriers[0]: sources: "host.example" is no IP address or network',
    ],
    [
      'carriers:\n  - { name: simulator, kind: sip, url: "sip:h" }',
      'ringdown.yaml:2: carriers[0].name: simulator always exists and is not configured',
    ],
    [
      `${carrier}routes:\n  - { service: sms, carriers: [a, b] }`,
      'ringdown.yaml:4: routes[0].carriers[1]: there is no carrier b',
    ],
    [
      `${carrier}routes:\n  - { service: sms, carriers: [a] }\n  - { service: sms, prefix: "", carriers: [a] }`,
      'ringdown.yaml:5: routes[1].service: stands at routes[0] already',
    ],
    [
      `applications:\n  - { name: a, account: ${ACCOUNT}, default_number_app: true }\n  - { name: b, account: ${ACCOUNT}, default_number_app: true }`,
      'ringdown.yaml:3: applications[1].default_number_app: applications[0] has it already',
    ],
    ...['http://[', 'http:///x', 'ftp://x'].map(
      (url) =>
        [
          `applications:\n  - { name: a, account: ${ACCOUNT}, hangup_url: "${url}" }`,
          'ringdown.yaml:2: applications[0].hangup_url: an http or https URL is expected',
        ] as const,
    ),
    ['rates:\n  - { service: sms, rate: 0.1, net: 310-410 }', 'ringdown.yaml:2: rates[0].net: unknown key'],
    [
      'rates:\n  - { service: sms, rate: 0.1, network: 310410 }',
      'ringdown.yaml:2: rates[0].network: country and network code such as "234-15" are expected',
    ],
  ];
  for (const [text, expected] of cases) assert.equal(refusal(text), expected);
});

test('several problems are told at once', () => {
  assert.equal(refusal('acounts: []\nroutes:\n  - { service: pigeon, carriers: [] }').split('\n').length, 3);
});

test('broken YAML, repeated keys, alias bombs and endless nesting are refused', () => {
  assert.match(refusal('accounts: [\n'), /^ringdown\.yaml:\d+: /);
  assert.match(refusal('routes: []\nroutes: []'), /^ringdown\.yaml:2: .*unique/);
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]},`.repeat(9)}]`),
  ];
  assert.match(refusal(bomb.join('\n')), /alias/i);
  assert.match(refusal(`a: ${'['.repeat(100_000)}`), /^ringdown\.yaml/);
});

test('keys that are names of object internals are keys like others', () => {
  for (const key of ['__proto__', 'constructor', 'toString']) assert.match(refusal(`${key}: []`), /unknown key/);
});

test('a file that is missing, a directory or too large is refused by name', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ringdown-config-'));
  try {
    const large = path.join(folder, 'large.yaml');
    await writeFile(large, '');
    await truncate(large, 40 * 1024 * 1024);
    for (const file of [path.join(folder, 'missing.yaml'), folder, large]) {
      await assert.rejects(readConfigFile(file), (error) => error instanceof ConfigError && error.message.startsWith(file));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
