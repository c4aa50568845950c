/**
 * The Browser SDK as npm has it. It is no dependency of this project, because one of its own is fetched from elsewhere while it is
 * installed; its bundle needs none of them.
 */
import { execFile } from 'node:child_process';
import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workFolder } from './server.ts';

const PACKAGE = 'plivo-browser-sdk';
export const BROWSER_SDK_VERSION = '2.2.21';
const BUNDLE = 'package/dist/plivobrowsersdk.js';
const run = promisify(execFile);

/** The file that a page loads, byte for byte as published. */
export async function browserSdk(): Promise<Buffer> {
  const folder = join(workFolder, `browser-sdk-${BROWSER_SDK_VERSION}`);
  const bundle = join(folder, BUNDLE);
  const isThere = await access(bundle).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(folder, { recursive: true });
    await run('npm', ['pack', '--ignore-scripts', `${PACKAGE}@${BROWSER_SDK_VERSION}`], { cwd: folder });
    await run('tar', ['-xzf', `${PACKAGE}-${BROWSER_SDK_VERSION}.tgz`], { cwd: folder });
  }
  return await readFile(bundle);
}
