/** CPU seconds and memory of processes and their children, read from /proc (proc(5)); Linux only. */
import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks of /proc a second: fixed to 100 by the Linux user-space ABI on every supported architecture. */
const TICKS_PER_SECOND = 100;

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** CPU seconds of the process and of those of its children that ended and were waited for. */
  readonly cpu: number;
}

/** `place`: a process id, or one of its threads as `pid/task/id`. */
async function row(place: number | string): Promise<ProcessRow | undefined> {
  try {
    const text = await readFile(`/proc/${place}/stat`, 'latin1');
    const close = text.lastIndexOf(')');
    const fields = text.slice(close + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    const pid = Number(text.slice(0, text.indexOf(' ')));
    return { pid, parent: Number(fields[1]), name: text.slice(text.indexOf('(') + 1, close), cpu: ticks / TICKS_PER_SECOND };
  } catch {
    return undefined; // ended meanwhile
  }
}

/** The given processes and everything below them. */
export async function processTree(roots: readonly number[]): Promise<ProcessRow[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = (await Promise.all(names.map((name) => row(Number(name))))).filter((entry) => entry !== undefined);
  const members = new Set(roots);
  for (let grew = true; grew; ) {
    grew = false;
    for (const entry of rows) {
      if (members.has(entry.parent) && !members.has(entry.pid)) {
        members.add(entry.pid);
        grew = true;
      }
    }
  }
  return rows.filter((entry) => members.has(entry.pid));
}

/** CPU seconds so far, by process name, of the given processes and everything below them. */
export async function cpuSeconds(roots: readonly number[]): Promise<Map<string, number>> {
  const byName = new Map<string, number>();
  for (const entry of await processTree(roots)) byName.set(entry.name, (byName.get(entry.name) ?? 0) + entry.cpu);
  return byName;
}

export interface Memory {
  /** Sum of resident set sizes: pages shared between processes count once for each. */
  readonly rssMb: number;
  /** Sum of proportional set sizes: a shared page is split between those who map it. */
  readonly pssMb: number;
  readonly processes: number;
}

/** Memory of the given processes and everything below them, in units of 1024 * 1024 octets. */
export async function memory(roots: readonly number[]): Promise<Memory> {
  let rss = 0;
  let pss = 0;
  let processes = 0;
  for (const entry of await processTree(roots)) {
    const text = await readFile(`/proc/${entry.pid}/smaps_rollup`, 'latin1').catch(() => '');
    const kilo = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
    if (text !== '') processes++;
    rss += kilo('Rss');
    pss += kilo('Pss');
  }
  return { rssMb: rss / 1024, pssMb: pss / 1024, processes };
}

/** CPU seconds of one process and of what it started. */
export interface ProcessCpu {
  /** The process itself, all threads. */
  readonly server: number;
  /** Its children and theirs. */
  readonly others: number;
  /** The threads that still run, those of one name together. */
  readonly threads: ReadonlyMap<string, number>;
}

/** Of `pid` so far. */
export async function cpuOf(pid: number): Promise<ProcessCpu & { since(earlier: ProcessCpu): ProcessCpu }> {
  const rows = await processTree([pid]);
  const server = rows.filter((entry) => entry.pid === pid).reduce((sum, { cpu }) => sum + cpu, 0);
  const others = rows.reduce((sum, { cpu }) => sum + cpu, 0) - server;
  const threads = new Map<string, number>();
  for (const id of await readdir(`/proc/${pid}/task`)) {
    const thread = await row(`${pid}/task/${id}`);
    if (thread) threads.set(thread.name, (threads.get(thread.name) ?? 0) + thread.cpu);
  }
  const now = { server, others, threads };
  return {
    ...now,
    since: (earlier) => ({
      server: server - earlier.server,
      others: others - earlier.others,
      threads: new Map([...threads].map(([name, cpu]) => [name, cpu - (earlier.threads.get(name) ?? 0)])),
    }),
  };
}
