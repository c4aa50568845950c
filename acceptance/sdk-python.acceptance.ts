/** Runs the unittest suites of acceptance/sdk-python against a started server and reports each of their tests. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LONG_CODE, TOLL_FREE, withCompliance } from './compliance-fixture.ts';
import { FarEnd } from './far-end.ts';
import { FOR_SALE, OTHER_PHONE, OWN_NUMBER, PHONE, SECOND_NUMBER } from './fixture.ts';
import { pythonWith } from './python.ts';
import { openTarget } from './target.ts';
import {
  BARRED_COUNTRY_NUMBER,
  BARRED_PREFIX_NUMBER,
  FAR,
  SLOW_AUTH_ID,
  SLOW_AUTH_TOKEN,
  SLOW_NUMBER,
  voiceFixture,
} from './voice-fixture.ts';

const folder = fileURLToPath(new URL('sdk-python/', import.meta.url));

describe('Python SDK', () => {
  it('drives every resource, and its validators accept every webhook', async (t) => {
    const binary = await pythonWith('venv', 'requirements.txt');
    const target = await openTarget({ name: 'sdk-python', config: withCompliance(voiceFixture) });
    let far: FarEnd | undefined;
    try {
      far = await FarEnd.start(target);
      const child = spawn(binary, ['-B', '-m', 'unittest', 'discover', '-v', '-s', folder], {
        env: {
          PATH: process.env.PATH ?? '',
          RINGDOWN_URL: target.url,
          RINGDOWN_AUTH_ID: target.authId,
          RINGDOWN_AUTH_TOKEN: target.authToken,
          RINGDOWN_OPERATOR_TOKEN: target.operatorToken,
          RINGDOWN_OWN_NUMBER: OWN_NUMBER,
          RINGDOWN_SECOND_NUMBER: SECOND_NUMBER,
          RINGDOWN_PHONE: PHONE,
          RINGDOWN_OTHER_PHONE: OTHER_PHONE,
          RINGDOWN_FOR_SALE: FOR_SALE.join(','),
          RINGDOWN_FAR: JSON.stringify(FAR),
          RINGDOWN_SLOW_AUTH_ID: SLOW_AUTH_ID,
          RINGDOWN_SLOW_AUTH_TOKEN: SLOW_AUTH_TOKEN,
          RINGDOWN_SLOW_NUMBER: SLOW_NUMBER,
          RINGDOWN_BARRED_COUNTRY_NUMBER: BARRED_COUNTRY_NUMBER,
          RINGDOWN_BARRED_PREFIX_NUMBER: BARRED_PREFIX_NUMBER,
          RINGDOWN_COMPLIANCE_LONG_CODE: LONG_CODE,
          RINGDOWN_COMPLIANCE_TOLL_FREE: TOLL_FREE,
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let output = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      const [code] = await once(child, 'close');
      // With -v unittest prints `test_name (module.Class.test_name) ... ok`.
      const results = [...output.matchAll(/^(test_\w+) \([\w.]+\)(?:\n.*)?? \.\.\. (ok|FAIL|ERROR)$/gm)];
      for (const [, name = '', result] of results) {
        await t.test(name.replaceAll('_', ' '), () => {
          const detail = output.indexOf(`${result}: ${name} `);
          assert.equal(result, 'ok', detail < 0 ? output.slice(-2000) : output.slice(detail, detail + 3000));
        });
      }
      assert.equal(code, 0, output.slice(-4000));
      assert.ok(results.length > 10, output.slice(-2000));
    } finally {
      await far?.stop();
      await target.dispose();
    }
  });
});
