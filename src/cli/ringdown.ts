import { type CommandLine, runCommandLine } from './command-line.ts';

/** Every command: what help says of it, and its file, loaded when it is asked for. */
const commands: CommandLine = {
  start: { summary: 'run the server', load: async () => (await import('./start.ts')).start },
  run: {
    summary: 'run a program whose unmodified Plivo SDK then talks to this server',
    load: async () => (await import('./run/run.ts')).run,
  },
  apply: { summary: 'bring the database to what a YAML file says', load: async () => (await import('./apply.ts')).apply },
  doctor: {
    summary: 'check that this machine and configuration can run the server',
    load: async () => (await import('./doctor.ts')).doctor,
  },
};

process.exitCode = await runCommandLine(commands, process.argv.slice(2), process);
