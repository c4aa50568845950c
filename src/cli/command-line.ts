/** Runs with the words behind its name and resolves with the exit status. */
export type CliCommand = (args: readonly string[]) => Promise<number>;

export type CommandLine = Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<CliCommand> }>>;

/** Where a command writes: the process, or a test. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Exit statuses: 0 done, 1 failed, 2 not understood. */
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** `ringdown <command> ...`. What a command throws is told in one line, with its stack when RINGDOWN_LOG_LEVEL is debug or trace. */
export async function runCommandLine(commands: CommandLine, args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    terminal.stdout.write(help(commands));
    return name === undefined ? EXIT_USAGE : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    terminal.stderr.write(`ringdown: there is no command "${name}"\n\n${help(commands)}`);
    return EXIT_USAGE;
  }
  try {
    const run = await command.load();
    return await run(rest);
  } catch (error) {
    const verbose = /^(debug|trace)$/i.test(process.env.RINGDOWN_LOG_LEVEL ?? '');
    const text = error instanceof Error ? (verbose && error.stack) || error.message : String(error);
    terminal.stderr.write(`${text}\n`);
    return EXIT_FAILED;
  }
}

function help(commands: CommandLine): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: ringdown <command>\n\n${lines.join('\n')}\n\nThe environment says where and how: see the README, or run "ringdown doctor".\n`;
}
