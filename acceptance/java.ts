/** Programs of the Java SDK: a folder with its sources and a pom.xml that names the SDK. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workFolder } from './server.ts';

const run = promisify(execFile);
/** Jars come over the network the first time. */
const BUILD_TIMEOUT_MS = 240_000;

/** Compiles the folder's sources into the work folder, under `name`. Resolves with the class path that runs them. */
export async function javaClassPath(name: string, folder: string): Promise<string> {
  const classes = join(workFolder, name);
  await mkdir(classes, { recursive: true });
  const list = join(classes, 'class-path');
  await run('mvn', ['-q', '-B', 'dependency:build-classpath', `-Dmdep.outputFile=${list}`], {
    cwd: folder,
    timeout: BUILD_TIMEOUT_MS,
  });
  const classPath = `${classes}:${(await readFile(list, 'utf8')).trim()}`;
  const sources = (await readdir(folder)).filter((file) => file.endsWith('.java')).map((file) => join(folder, file));
  await run('javac', ['-cp', classPath, '-d', classes, ...sources], { timeout: BUILD_TIMEOUT_MS });
  return classPath;
}
