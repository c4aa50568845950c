/** Runs `wrk` (Debian package `wrk`) with bench/load.lua and gives back what it counted. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface LoadTarget {
  readonly kind: 'kannel' | 'ringdown';
  /** Where messages are sent to. */
  readonly url: string;
  readonly src: string;
  readonly authorization?: string;
}

export interface LoadResult {
  /** Requests answered with a success status. */
  readonly accepted: number;
  readonly failed: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface WrkResult {
  readonly requests: number;
  readonly durationUs: number;
  readonly failedStatus: number;
  readonly socketErrors: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** Numbers 4474 00 000000 to 4474 49 999999 are mobile numbers of the United Kingdom: no sender of a test is rate-limited there. */
const FIRST_DESTINATION = 447_400_000_000;
let used = 0;
/** More than a run sends. */
const SPAN = 1_000_000;

/** `connections` clients send one message after the other for `seconds`. Every destination of every run is another number. */
export async function runLoad(target: LoadTarget, connections: number, seconds: number): Promise<LoadResult> {
  const url = new URL(target.url);
  const first = FIRST_DESTINATION + used * SPAN;
  used++;
  const script = fileURLToPath(new URL('load.lua', import.meta.url));
  const child = spawn(
    'wrk',
    ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url.origin, '--'].concat([
      target.kind,
      url.pathname,
      target.src,
      String(first),
      target.authorization ?? '',
    ]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  const json = /^RESULT (.*)$/m.exec(output)?.[1];
  if (json === undefined) throw new Error(`wrk printed no result:\n${output}`);
  const result: WrkResult = JSON.parse(json);
  return {
    accepted: result.requests - result.failedStatus,
    failed: result.failedStatus + result.socketErrors,
    seconds: result.durationUs / 1e6,
    p50Ms: result.p50Us / 1000,
    p99Ms: result.p99Us / 1000,
  };
}
