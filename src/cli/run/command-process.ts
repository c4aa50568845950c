import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';

/** How the command ended: one of both. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** As shells have it: found but not to be run, and not found. */
const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;
/** And ended by a signal: this and its number. */
const EXIT_SIGNALLED = 128;

/** Sent to us, meant for the command. */
export const PASSED_ON: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];
/** Those that a terminal sends to the command by itself. */
const FROM_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

/** Where signals come from: the process, or a test. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

export interface CommandOptions {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** A terminal stands behind the command, and sends it Ctrl-C itself. */
  readonly onTerminal: boolean;
  readonly signals: SignalSource;
  readonly tell: (line: string) => void;
}

/** Runs the command with our input and output, and passes signals on to it. Resolves when it has ended. */
export async function runCommandProcess({
  command,
  environment,
  folder,
  onTerminal,
  signals,
  tell,
}: CommandOptions): Promise<CommandEnd> {
  const [program, ...args] = command;
  const { promise, resolve } = Promise.withResolvers<CommandEnd>();
  const child = spawn(program, args, { stdio: 'inherit', env: environment, cwd: folder });
  const passOn = (signal: NodeJS.Signals) => {
    if (!(onTerminal && FROM_TERMINAL.has(signal))) child.kill(signal);
  };
  for (const signal of PASSED_ON) signals.on(signal, passOn);
  child.once('error', (error: NodeJS.ErrnoException) => {
    if (child.pid !== undefined) return;
    const found = error.code !== 'ENOENT' && isThere(program, environment.PATH ?? '');
    tell(found ? `${program}: ${error.message}` : `${program}: command not found`);
    resolve({ code: found ? EXIT_NOT_EXECUTABLE : EXIT_NOT_FOUND, signal: null });
  });
  child.once('exit', (code, signal) => resolve({ code, signal }));
  try {
    return await promise;
  } finally {
    for (const signal of PASSED_ON) signals.off(signal, passOn);
  }
}

/** A name on a PATH with folders that this user may not enter is not found, though the system says that it may not be run. */
const isThere = (program: string, path: string): boolean =>
  program.includes('/') || path.split(delimiter).some((folder) => isFile(join(folder, program)));

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The status a shell would give. */
export const exitStatusOf = ({ code, signal }: CommandEnd): number =>
  code ?? EXIT_SIGNALLED + (signal === null ? 0 : constants.signals[signal]);
