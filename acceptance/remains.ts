/** What calls could leave behind in a server: read from its metrics and from /proc (Linux). */
import { readFile } from 'node:fs/promises';
import type { RingdownProcess } from './server.ts';

export interface Remains {
  /** Open files and sockets. */
  readonly descriptors: number;
  readonly timers: number;
  readonly calls: number;
  /** RTP sessions: two ports each. */
  readonly legs: number;
  /** JavaScript objects of the main thread, garbage included; units of 1024 * 1024 octets. */
  readonly heapMb: number;
  /** Buffers and the like that those objects hold outside of the heap. */
  readonly externalMb: number;
  /** Resident set of the server process alone. */
  readonly rssMb: number;
}

export async function remains(server: RingdownProcess): Promise<Remains> {
  const lines = (await (await fetch(`${server.url}/metrics`)).text()).split('\n');
  const value = (name: string) => Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? 0);
  return {
    descriptors: value('process_open_fds'),
    timers: value('nodejs_active_resources{type="Timeout"}'),
    calls: value('ringdown_calls_live'),
    legs: value('ringdown_media_legs'),
    heapMb: value('nodejs_heap_size_used_bytes') / 2 ** 20,
    externalMb: value('nodejs_external_memory_bytes') / 2 ** 20,
    rssMb: await residentMb(server.pid),
  };
}

/** Resident set of one process, in units of 1024 * 1024 octets. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}
