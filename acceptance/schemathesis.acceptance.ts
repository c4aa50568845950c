import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { record } from './api.ts';
import { fixture } from './fixture.ts';
import { pythonWith } from './python.ts';
import { beyondASchema } from './schemathesis/beyond-a-schema.ts';
import { AUTH_ID, AUTH_TOKEN, type RingdownProcess, startServer, workFolder } from './server.ts';

/** What issue and document promise: so many requests, and nothing wrong with any answer. */
const LEAST_REQUESTS = 10_000;
const SEED = 7;
/** Random requests of each operation, beside those that walk its schema. */
const EXAMPLES = 5;
/** Three minutes on two idle cores; a machine that does other things meanwhile needs several times that. */
const TIMEOUT_MS = 25 * 60_000;

const folder = join(workFolder, 'schemathesis');

describe('schemathesis against /openapi.json', () => {
  let server: RingdownProcess;
  let schemathesis: string;
  before(async () => {
    schemathesis = join(dirname(await pythonWith('schemathesis-venv', 'schemathesis/requirements.txt')), 'schemathesis');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    server = await startServer({
      name: 'schemathesis',
      config: fixture,
      // Callbacks to generated URLs reach nothing on this machine.
      env: { RINGDOWN_ALLOW_PRIVATE_WEBHOOKS: 'false' },
    });
  });
  after(() => server?.dispose());

  it('every answer is a documented one, good data are taken and bad data refused', { timeout: TIMEOUT_MS }, async () => {
    const config = join(folder, 'schemathesis.toml');
    const report = join(folder, 'report.json');
    await writeFile(config, configuration());
    const said = await run(schemathesis, [
      ...['--config-file', config, 'run', `${server.url}/openapi.json`],
      ...['--phases', 'coverage,fuzzing', '--max-examples', String(EXAMPLES)],
      ...['--report', 'json', '--report-json-path', report, '--no-color'],
    ]);
    await writeFile(join(folder, 'output.txt'), said);
    const text = await readFile(report, 'utf8').catch(() => assert.fail(said.slice(-5000)));
    const results = record(JSON.parse(text));
    const operations = record(results.operations);
    const generated = Number(record(results.test_cases).generated);
    assert.deepEqual([results.failures, results.errors], [[], []], `${said.slice(0, 20_000)}\n${await server.logTail()}`);
    assert.equal(results.complete, true);
    assert.equal(operations.tested, operations.total);
    assert.ok(generated >= LEAST_REQUESTS, `${generated} requests`);
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
    assert.doesNotMatch(await server.logText(), /"level":50/, 'errors in the log');
  });
});

/** Ends well or not: the report says what was found. */
const run = (command: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(command, args, { cwd: folder, maxBuffer: 256 * 1024 * 1024 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });

/** All checks everywhere. Statuses that mean a refusal have 413 and 422 among them here. */
function configuration(): string {
  const refusals = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429];
  const answers = ['2xx', 400, 401, 402, 403, 404, 409, 422, 429];
  return `
seed = ${SEED}
# Threads meet a fault of CPython 3.11 ("AST constructor recursion depth mismatch") and are no faster.
workers = 1
continue-on-failure = true
[auth]
basic = { username = "${AUTH_ID}", password = "${AUTH_TOKEN}" }
[parameters]
auth_id = "${AUTH_ID}"
[generation]
no-shrink = true
database = "none"
# Credentials have a check of their own, ignored_auth.
with-security-parameters = false
[checks]
negative_data_rejection = { expected-statuses = ${JSON.stringify(refusals)} }
${Object.entries(beyondASchema)
  .map(
    ([operation, reason]) => `
# ${reason}
[[operations]]
include-operation-id-regex = "^${operation}(-alias[0-9]*)?$"
checks.positive_data_acceptance = { expected-statuses = ${JSON.stringify(answers)} }`,
  )
  .join('\n')}
`;
}
