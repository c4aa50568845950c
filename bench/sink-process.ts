/** The sink SMSC in a process of its own, so that its CPU time is told apart from what is measured. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SinkCounts } from './sink-smsc.ts';

/** Starting a bare Node process takes well under a second even on a busy machine. */
const START_TIMEOUT_MS = 10_000;

export interface SinkProcess {
  readonly port: number;
  readonly pid: number;
  counts(): Promise<SinkCounts>;
  stop(): Promise<void>;
}

async function ask<T>(child: ChildProcess): Promise<T> {
  const [answer] = await once(child, 'message', { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  return answer;
}

export async function startSinkProcess(options: { receipts: boolean }): Promise<SinkProcess> {
  const child = fork(fileURLToPath(new URL('sink-smsc.ts', import.meta.url)), ['0', options.receipts ? 'receipts' : 'silent']);
  const { port } = await ask<{ port: number }>(child);
  const { pid } = child;
  if (pid === undefined) throw new Error('the sink SMSC did not start');
  return {
    port,
    pid,
    counts: async () => {
      const answer = ask<SinkCounts>(child);
      child.send('counts');
      return await answer;
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
