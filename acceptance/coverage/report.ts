/** acceptance/COVERAGE.md: routes × SDKs. Made from the verdicts alone, so that the committed file can be compared with what was seen. */
import { type TriedSdk, tried } from './fixture.ts';
import { type Limits, versionOf } from './programs.ts';
import { type Route, routes, routesOf } from './routes.ts';
import type { Verdict } from './verdict.ts';

export const reportFile = new URL('../COVERAGE.md', import.meta.url);

const names: Readonly<Record<TriedSdk, string>> = { node: 'Node.js', python: 'Python', go: 'Go', java: 'Java' };
const untried = { ruby: 'Ruby', php: 'PHP', dotnet: '.NET' } as const;

export interface Tried {
  readonly verdict: Verdict;
  readonly limits: Limits;
}

const shown = ({ key }: Route): string => `\`${key}\``;

export function coverageReport(results: Readonly<Record<TriedSdk, Tried>>): string {
  const summary = tried.map((sdk) => {
    const { verdict, limits } = results[sdk];
    const cannot = Object.keys(limits.cannotSend).length;
    return [names[sdk], versionOf[sdk](), String(verdict.has.length), String(verdict.tested.size), String(cannot)];
  });
  const others = Object.entries(untried).map(([sdk, name]) => [name, '', String(routesOf(sdk).length), 'not tried', '']);
  return `${[
    '# Coverage of the SDKs’ routes',
    'Made by `npm run acceptance -- coverage`, rewritten by `npm run acceptance:report`. How it is found out is in [coverage/README.md](coverage/README.md).',
    table(['SDK', 'Release', 'Routes it has', 'Tested', 'Cannot be sent'], [...summary, ...others]),
    '**yes**: called by the real SDK under `ringdown run`, the answer parsed and checked. **no**: not so. **-**: the SDK has no such request, or its release cannot send it. **.**: it has it, and was not tried.',
    ...sections(results),
    ...remarks(results),
  ].join('\n\n')}\n`;
}

function sections(results: Readonly<Record<TriedSdk, Tried>>): readonly string[] {
  const resources = [...new Set(routes.map(({ resource }) => resource))];
  const head = ['Route', ...tried.map((sdk) => names[sdk]), ...Object.values(untried)];
  return resources.flatMap((resource) => {
    const lines = routes
      .filter((route) => route.resource === resource)
      .map((route) => [
        shown(route),
        ...tried.map((sdk) => cell(route, sdk, results[sdk])),
        ...Object.keys(untried).map((sdk) => (sdk in route.sdks ? '.' : '-')),
      ]);
    return [`## ${resource === '(sdk-defect)' ? 'Slips of SDKs' : resource}`, table(head, lines)];
  });
}

function cell(route: Route, sdk: TriedSdk, { verdict, limits }: Tried): string {
  if (!(sdk in route.sdks) || route.key in limits.cannotSend) return '-';
  return verdict.tested.has(route.key) ? 'yes' : '**no**';
}

function remarks(results: Readonly<Record<TriedSdk, Tried>>): readonly string[] {
  const cannot = tried.flatMap((sdk) =>
    Object.entries(results[sdk].limits.cannotSend).map(([route, why]) => [names[sdk], `\`${route}\``, why]),
  );
  const other = tried.flatMap((sdk) =>
    Object.entries(results[sdk].limits.otherStatus).map(([route, { status, why }]) => [
      names[sdk],
      `\`${route}\``,
      String(status),
      why,
    ]),
  );
  return [
    ...(cannot.length === 0 ? [] : ['## What the releases cannot send', table(['SDK', 'Route', 'Why'], cannot)]),
    ...(other.length === 0 ? [] : ['## What cannot succeed', table(['SDK', 'Route', 'Right answer', 'Why'], other)]),
  ];
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...lines.map(row)].join('\n');
}
