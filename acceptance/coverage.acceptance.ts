/**
 * Every route that the SDKs of Node.js, Python, Go and Java have, called by the real SDK under `ringdown run`, and acceptance/COVERAGE.md.
 * coverage/README.md says what the programs do and when a route counts. RINGDOWN_COVERAGE_WRITE=1 rewrites the report.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { call } from './api.ts';
import { coverageFixture, numbersOf, type TriedSdk, tried } from './coverage/fixture.ts';
import { build, limitsOf } from './coverage/programs.ts';
import { Recorder } from './coverage/recorder.ts';
import { coverageReport, reportFile, type Tried } from './coverage/report.ts';
import { CustomerSide } from './coverage/stage.ts';
import { toldBy, verdictOn } from './coverage/verdict.ts';
import { openTarget, type Target } from './target.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Three times what a program takes. */
const PROGRAM_TIMEOUT_MS = 200_000;
/** Of what a program says on standard error when it fails. */
const STDERR_SHOWN = 4_000;

describe('coverage of the SDKs', () => {
  let target: Target;
  let recorder: Recorder;
  let customer: CustomerSide;
  let carrier = '';
  const results = new Map<TriedSdk, Tried>();

  before(async () => {
    target = await openTarget({ name: 'coverage', config: coverageFixture });
    recorder = await Recorder.start(target.url);
    customer = await CustomerSide.start();
    // Numbers of one's own are on a carrier; no SDK can make one.
    const made = await call(target, 'IncomingCarrier/', { body: { name: 'coverage', ip_set: '192.0.2.10' } });
    assert.equal(made.status, 201, made.text);
    carrier = String(made.json.carrier_id);
  });
  after(async () => {
    if (carrier !== '') await call(target, `IncomingCarrier/${carrier}/`, { method: 'DELETE' });
    await customer?.stop();
    await recorder?.stop();
    await target?.dispose();
  });

  function environmentOf(sdk: TriedSdk): Record<string, string> {
    const { numbers, tollFree, phones, indian, shortCode, brought, phlo } = numbersOf(sdk);
    return {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      RINGDOWN_PUBLIC_URL: recorder.url,
      RINGDOWN_AUTH_ID: target.authId,
      RINGDOWN_AUTH_TOKEN: target.authToken,
      RINGDOWN_OPERATOR_TOKEN: target.operatorToken,
      COVERAGE_RUN: randomBytes(4).toString('hex'),
      COVERAGE_NUMBER: numbers[0],
      COVERAGE_NUMBER_2: numbers[1],
      COVERAGE_NUMBER_3: numbers[2],
      COVERAGE_TOLL_FREE: tollFree[0],
      COVERAGE_TOLL_FREE_2: tollFree[1],
      COVERAGE_NUMBER_IN: indian,
      COVERAGE_SHORTCODE: shortCode,
      COVERAGE_PHONE: phones[0],
      COVERAGE_PHONE_2: phones[1],
      COVERAGE_PHONE_3: phones[2],
      COVERAGE_OWN_NUMBER: brought,
      COVERAGE_CARRIER: carrier,
      COVERAGE_PHLO: phlo.id,
      COVERAGE_PHLO_NODE: phlo.nodeId,
      COVERAGE_STAGE: customer.url,
      COVERAGE_STREAM: customer.streamUrl,
      COVERAGE_FILES: customer.files,
    };
  }

  /** Runs the program as a user would, and ends it when it takes too long. */
  async function runProgram(sdk: TriedSdk, command: readonly string[]) {
    recorder.take();
    const child = spawn(process.execPath, ['src/cli/ringdown.mjs', 'run', '--', ...command], {
      cwd: root,
      env: environmentOf(sdk),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PROGRAM_TIMEOUT_MS,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [code, signal] = await once(child, 'close');
    return { end: signal ?? code, stdout, stderr, seen: recorder.take() };
  }

  async function cover(sdk: TriedSdk, test: TestContext): Promise<void> {
    const command = await build[sdk]();
    const began = performance.now();
    const { end, stdout, stderr, seen } = await runProgram(sdk, command);
    const limits = await limitsOf(sdk);
    const verdict = verdictOn(sdk, limits, toldBy(stdout), seen);
    results.set(sdk, { verdict, limits });
    const seconds = Math.round((performance.now() - began) / 1000);
    test.diagnostic(`${sdk}: ${verdict.tested.size} / ${verdict.has.length} routes, ${seen.length} requests, ${seconds} s`);
    const wrong = [...[...verdict.untested].map(([route, flaw]) => `${route}: ${flaw}`), ...verdict.strange];
    if (wrong.length > 0) assert.fail(`${wrong.join('\n')}\n${stderr.slice(-STDERR_SHOWN)}`);
    assert.equal(end, 0, `${stdout}\n${stderr.slice(-STDERR_SHOWN)}`);
  }

  it('Node.js', (test) => cover('node', test));
  it('Python', (test) => cover('python', test));
  it('Go', (test) => cover('go', test));
  it('Java', (test) => cover('java', test));

  it('is what COVERAGE.md says', async () => {
    const of = (sdk: TriedSdk): Tried => {
      const found = results.get(sdk);
      assert.ok(found, `${sdk} was not tried`);
      return found;
    };
    assert.equal(results.size, tried.length);
    const report = coverageReport({ node: of('node'), python: of('python'), go: of('go'), java: of('java') });
    if (process.env.RINGDOWN_COVERAGE_WRITE === '1') await writeFile(reportFile, report);
    const committed = await readFile(reportFile, 'utf8').catch(() => '');
    if (committed === report) return;
    const [were, are] = [committed.split('\n'), report.split('\n')];
    const changed = [
      ...were.filter((line) => !are.includes(line)).map((line) => `- ${line}`),
      ...are.filter((line) => !were.includes(line)).map((line) => `+ ${line}`),
    ];
    assert.fail(`npm run acceptance:report rewrites it:\n${changed.join('\n')}`);
  });
});
