/** What a program told and what the recorder saw, weighed together: which routes count as tested. */
import type { Limits } from './programs.ts';
import type { Seen } from './recorder.ts';
import { type Route, routesOf } from './routes.ts';

export interface Told {
  readonly route: string;
  readonly ok: boolean;
  readonly error: string | undefined;
}

/** Lines of a program's output that tell of a route. */
export function toldBy(stdout: string): readonly Told[] {
  return stdout.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      const { route, ok, error } = JSON.parse(line);
      if (typeof route !== 'string' || typeof ok !== 'boolean') return [];
      return [{ route, ok, error: error === undefined ? undefined : String(error) }];
    } catch {
      return []; // what an SDK prints of its own accord
    }
  });
}

export interface Verdict {
  /** Routes that the published SDK can send. */
  readonly has: readonly Route[];
  readonly tested: ReadonlySet<string>;
  /** Route → why it does not count. */
  readonly untested: ReadonlyMap<string, string>;
  /** Requests and lines that belong to no route of this SDK. */
  readonly strange: readonly string[];
}

/** What a slip of an SDK may be answered with too: there is nothing behind it. */
const SLIP_STATUS = 404;

export function verdictOn(sdk: string, limits: Limits, told: readonly Told[], seen: readonly Seen[]): Verdict {
  const all = routesOf(sdk);
  const has = all.filter(({ key }) => !(key in limits.cannotSend));
  const keys = new Set(all.map(({ key }) => key));
  const tested = new Set<string>();
  const untested = new Map<string, string>();
  for (const route of has) {
    const flaw = flawOf(route, limits, told, seen);
    if (flaw === undefined) tested.add(route.key);
    else untested.set(route.key, flaw);
  }
  const limited = [...Object.keys(limits.cannotSend), ...Object.keys(limits.otherStatus)];
  return {
    has,
    tested,
    untested,
    strange: [
      ...seen
        .filter(({ route }) => route === undefined)
        .map(({ request, status }) => `no route of the SDKs: ${request} ${status}`),
      ...told.filter(({ route }) => !keys.has(route)).map(({ route }) => `told, but no route of this SDK: ${route}`),
      ...limited.filter((route) => !keys.has(route)).map((route) => `limited, but no route of this SDK: ${route}`),
    ],
  };
}

function flawOf(route: Route, limits: Limits, told: readonly Told[], seen: readonly Seen[]): string | undefined {
  const lines = told.filter((line) => line.route === route.key);
  const bad = lines.find(({ ok }) => !ok);
  if (bad !== undefined) return bad.error ?? 'the program says that it is not ok';
  const statuses = seen.filter((one) => one.route === route.key).map(({ status }) => status);
  if (statuses.length === 0) return lines.length === 0 ? 'never called' : 'told, but never called';
  if (lines.length === 0) return `called (${statuses.join(', ')}), but the program says nothing of it`;
  const broken = statuses.find((status) => status >= 500);
  if (broken !== undefined) return `answered with ${broken}`;
  const other = limits.otherStatus[route.key]?.status;
  const isWanted = (status: number) =>
    other === undefined ? (status >= 200 && status < 300) || (route.isSlip && status === SLIP_STATUS) : status === other;
  return statuses.some(isWanted) ? undefined : `answered with ${statuses.join(', ')}`;
}
