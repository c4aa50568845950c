/** The programs of the SDKs: how each is made, how it is started, and what its SDK cannot do. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { javaClassPath } from '../java.ts';
import { pythonWith } from '../python.ts';
import { workFolder } from '../server.ts';
import type { TriedSdk } from './fixture.ts';

const run = promisify(execFile);
/** Modules and jars come over the network the first time. */
const BUILD_TIMEOUT_MS = 240_000;

const folder = (sdk: TriedSdk) => fileURLToPath(new URL(`${sdk}/`, import.meta.url));

/** Makes the program of the SDK and resolves with the command that runs it. */
export const build: Readonly<Record<TriedSdk, () => Promise<readonly string[]>>> = {
  node: async () => [process.execPath, join(folder('node'), 'main.ts')],
  python: async () => [await pythonWith('venv', 'requirements.txt'), '-B', join(folder('python'), 'main.py')],
  go: async () => {
    await mkdir(workFolder, { recursive: true });
    const binary = join(workFolder, 'coverage-go');
    await run('go', ['build', '-o', binary, '.'], { cwd: folder('go'), timeout: BUILD_TIMEOUT_MS });
    return [binary];
  },
  java: async () => {
    const classPath = await javaClassPath('coverage-java', folder('java'));
    return ['java', '-cp', classPath, 'Coverage'];
  },
};

export interface Limits {
  /** Routes that the published SDK cannot send, with the reason. */
  readonly cannotSend: Readonly<Record<string, string>>;
  /** Routes that its request cannot succeed at: the status that is the right answer, and why. */
  readonly otherStatus: Readonly<Record<string, { readonly status: number; readonly why: string }>>;
}

/** From `<sdk>/cannot-send.json` and `<sdk>/other-status.json`; a missing file is an empty one. */
export async function limitsOf(sdk: TriedSdk): Promise<Limits> {
  const read = async (name: string) => JSON.parse(await readFile(join(folder(sdk), name), 'utf8').catch(() => '{}'));
  return { cannotSend: await read('cannot-send.json'), otherStatus: await read('other-status.json') };
}

const firstMatch = (path: string, pattern: RegExp): string => {
  const found = pattern.exec(readFileSync(new URL(path, import.meta.url), 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${path} names no version of the SDK`);
  return found;
};

/** The releases that are tried, from what installs them. */
export const versionOf: Readonly<Record<TriedSdk, () => string>> = {
  node: () => firstMatch('../../package.json', /"plivo": "([\d.]+)"/),
  python: () => firstMatch('../requirements.txt', /^plivo==([\d.]+)$/m),
  go: () => firstMatch('go/go.mod', /plivo-go\/v\d+ v([\d.]+)/),
  java: () => firstMatch('java/pom.xml', /<artifactId>plivo-java<\/artifactId>\s*<version>([\d.]+)</),
};
