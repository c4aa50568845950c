/** The requests that the official SDKs can make (sdk-routes.json), and which of them a request on the wire is. */
import { readFileSync } from 'node:fs';

export interface Route {
  /** `GET /v1/Account/{auth_id}/Call/?status=live`: what programs and the report call it. */
  readonly key: string;
  readonly method: string;
  readonly host: string;
  readonly resource: string;
  /** SDK → what the request is called there. */
  readonly sdks: Readonly<Record<string, string>>;
  readonly segments: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  /** A request that an SDK sends by mistake. */
  readonly isSlip: boolean;
}

interface Row {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly resource: string;
  readonly sdks: Readonly<Record<string, string>>;
}

const rows: readonly Row[] = JSON.parse(readFileSync(new URL('sdk-routes.json', import.meta.url), 'utf8'));

/** Any run of slashes is one, and one at the end is none: the SDKs do not agree about them. */
const segmentsOf = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');

export const routes: readonly Route[] = rows.map(({ method, path, host, query = {}, resource, sdks }) => {
  const fixed = new URLSearchParams(query).toString();
  return {
    key: `${method} ${host === 'zt' ? '//zt.plivo.com' : ''}${path}${fixed === '' ? '' : `?${fixed}`}`,
    method,
    host,
    resource,
    sdks,
    segments: segmentsOf(path),
    query,
    isSlip: resource === '(sdk-defect)',
  };
});

export const routesOf = (sdk: string): readonly Route[] => routes.filter((route) => sdk in route.sdks);

const HOSTS: Readonly<Record<string, string>> = {
  'lookup.plivo.com': 'lookup',
  'stats.plivo.com': 'stats',
  'phlorunner.plivo.com': 'phlo',
  'zt.plivo.com': 'zt',
};

export const isSdkHost = (host: string): boolean => host.endsWith('.plivo.com');

/** How well the path fits: the number of words that it shares, undefined when it is another one. */
function fit(template: readonly string[], path: readonly string[]): number | undefined {
  if (template.length !== path.length) return undefined;
  let words = 0;
  for (const [at, wanted] of template.entries()) {
    if (wanted === path[at]) words++;
    else if (!wanted.startsWith('{')) return undefined;
  }
  return words;
}

/** The route of a request: `PhoneNumber/Compliance/` rather than `PhoneNumber/{number}/`. */
export function routeOf(method: string, host: string, target: string): Route | undefined {
  const url = new URL(target.replace(/^\/+/, '/'), 'http://localhost');
  const path = segmentsOf(url.pathname);
  const service = HOSTS[host] ?? 'api';
  const found = routes
    .filter((route) => route.method === method && route.host === service)
    .filter(({ query }) => Object.entries(query).every(([name, value]) => url.searchParams.get(name) === value))
    .flatMap((route) => {
      const words = fit(route.segments, path);
      return words === undefined ? [] : [{ route, score: words * 10 + Object.keys(route.query).length }];
    });
  return found.toSorted((a, b) => b.score - a.score)[0]?.route;
}
