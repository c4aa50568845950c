import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readEnvironment } from '../../config/environment.ts';
import { systemClock } from '../../runtime/clock.ts';
import { EXIT_USAGE, type Terminal } from '../command-line.ts';
import { createAuthority } from './authority.ts';
import { commandEnvironment } from './command-environment.ts';
import { type CommandEnd, exitStatusOf, PASSED_ON, runCommandProcess, type SignalSource } from './command-process.ts';
import { startForwardProxy } from './forward-proxy.ts';
import { writeHookFiles } from './hook-files.ts';
import { withoutNpm } from './npm-surroundings.ts';
import { createPlivoRequests } from './plivo-requests.ts';
import { findRunningServer, type RunServer } from './running-server.ts';
import { writeTrustFiles } from './trust-bundle.ts';
import { readWayOut } from './way-out.ts';

const USAGE = `Usage: ringdown run [--start] [--] COMMAND [ARGUMENT...]

Runs the command so that its unmodified Plivo SDK talks to this server.
  --start   a server of its own, gone when the command ends; without it the running one
`;

export interface RunSurroundings {
  readonly terminal: Terminal;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly onTerminal: boolean;
  readonly signals: SignalSource;
}

/** `ringdown run [--start] -- COMMAND`. Resolves with the command's exit status; one that a signal ended ends this process by it too. */
export async function run(args: readonly string[]): Promise<number> {
  const end = await runCommand(args, {
    terminal: process,
    variables: process.env,
    folder: process.cwd(),
    onTerminal: process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY,
    signals: process,
  });
  if (end.signal !== null && RAISED.has(end.signal)) process.kill(process.pid, end.signal);
  return exitStatusOf(end);
}

/** Signals that we end by as the command did; those that write a core file only give their status. */
const RAISED: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL']);

/** Sets everything up, runs the command and takes everything down again. Throws when it cannot be set up. */
export async function runCommand(args: readonly string[], surroundings: RunSurroundings): Promise<CommandEnd> {
  const { terminal, signals } = surroundings;
  const tell = (line: string) => void terminal.stderr.write(`ringdown run: ${line}\n`);
  const parsed = parseArguments(args);
  if (parsed === undefined) {
    terminal.stderr.write(USAGE);
    return { code: EXIT_USAGE, signal: null };
  }
  // While things are set up or taken down a signal must not leave half of them behind.
  let early: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    early ??= signal;
  };
  for (const signal of PASSED_ON) signals.on(signal, onSignal);
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const { variables, folder } = withoutNpm(surroundings.variables, surroundings.folder);
    const server = await serverFor(parsed.start, variables);
    undo.unshift(() => server.stop());
    const now = systemClock.now();
    const authority = createAuthority(now);
    const proxy = await startForwardProxy({
      authority,
      plivo: createPlivoRequests({ target: server.url, tell }),
      wayOut: readWayOut(variables),
    });
    undo.unshift(() => proxy.close());
    const files = await mkdtemp(path.join(os.tmpdir(), 'ringdown-run-'));
    undo.unshift(() => rm(files, { recursive: true, force: true }));
    const trust = await writeTrustFiles(files, authority, variables, now);
    const hooks = await writeHookFiles(files, proxy, trust);
    const environment = commandEnvironment({ variables, proxyPort: proxy.port, trust, hooks, server });
    if (early !== undefined) return { code: null, signal: early };
    tell(introduction(server, variables.PLIVO_AUTH_ID));
    const { command } = parsed;
    return await runCommandProcess({ command, environment, folder, onTerminal: surroundings.onTerminal, signals, tell });
  } finally {
    for (const step of undo) await step();
    for (const signal of PASSED_ON) signals.off(signal, onSignal);
  }
}

function parseArguments(args: readonly string[]): { start: boolean; command: readonly [string, ...string[]] } | undefined {
  let start = false;
  for (const [at, word] of args.entries()) {
    if (word === '--start') start = true;
    else if (word.startsWith('-') && word !== '--') return undefined;
    else {
      const [program, ...rest] = args.slice(word === '--' ? at + 1 : at);
      return program === undefined ? undefined : { start, command: [program, ...rest] };
    }
  }
  return undefined;
}

async function serverFor(start: boolean, variables: RunSurroundings['variables']): Promise<RunServer> {
  // The whole server is loaded only by those who start one.
  if (start) return await (await import('./throw-away-server.ts')).startThrowAwayServer(variables);
  return await findRunningServer(readEnvironment(variables), variables);
}

function introduction({ url, credentials }: RunServer, authIdBefore: string | undefined): string {
  const led = `the hosts of the hosted service lead to ${url}`;
  if (credentials === undefined)
    return `${led}; no account of it is known here, so PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN stay as they are`;
  const instead =
    authIdBefore && authIdBefore !== credentials.authId ? ` instead of ${authIdBefore}, which it does not know` : '';
  return `${led}, PLIVO_AUTH_ID is ${credentials.authId}${instead}`;
}
