/** Python with the packages of requirements.txt, for suites whose peers are written in it. */
import { execFile } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { workFolder } from './server.ts';

const run = promisify(execFile);

/** The interpreter of a virtual environment that is made once. */
export async function python(): Promise<string> {
  const venv = join(workFolder, 'venv');
  const binary = join(venv, 'bin', 'python');
  try {
    await access(binary);
  } catch {
    await mkdir(workFolder, { recursive: true });
    await run('/usr/bin/python3', ['-m', 'venv', venv]);
  }
  await run(binary, ['-m', 'pip', 'install', '--quiet', '-r', fileURLToPath(new URL('requirements.txt', import.meta.url))]);
  return binary;
}
