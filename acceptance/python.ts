/** Virtual environments of the suites whose peers are written in Python, made once each. */
import { execFile } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { workFolder } from './server.ts';

const run = promisify(execFile);

/** @param requirements beside this file. Resolves with the interpreter that has them. */
export async function pythonWith(venvName: string, requirements: string): Promise<string> {
  const venv = join(workFolder, venvName);
  const binary = join(venv, 'bin', 'python');
  try {
    await access(binary);
  } catch {
    await mkdir(workFolder, { recursive: true });
    await run('/usr/bin/python3', ['-m', 'venv', venv]);
  }
  await run(binary, ['-m', 'pip', 'install', '--quiet', '-r', fileURLToPath(new URL(requirements, import.meta.url))]);
  return binary;
}
