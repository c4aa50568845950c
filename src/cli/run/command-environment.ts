import path from 'node:path';
import { TRUST_STORE_PASSWORD, TRUST_STORE_TYPE } from './java-trust-store.ts';
import { PLIVO_DOMAIN } from './plivo-hosts.ts';
import type { RunServer } from './running-server.ts';
import type { TrustFiles } from './trust-bundle.ts';
import { isException, noProxyEntries } from './way-out.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Files of this run that a runtime loads before the program (hooks/). */
export interface HookFiles {
  /** Node.js: a module. */
  readonly node: string;
  /** Python: a folder with sitecustomize.py. */
  readonly python: string;
  /** PHP: a folder with an .ini file. */
  readonly php: string;
  /** .NET: an assembly. */
  readonly dotnet: string;
}

export interface CommandSurroundings {
  /** Variables that the command would have had. */
  readonly variables: Variables;
  readonly proxyPort: number;
  readonly trust: TrustFiles;
  readonly hooks: HookFiles;
  /** Known credentials of the server, and what else it told. */
  readonly server: Pick<RunServer, 'url' | 'credentials' | 'operatorToken'>;
}

/** Reached without any proxy: the server itself, webhooks, databases. */
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '::1'];

/**
 * The environment in which a command's unmodified SDK talks to this server. What is honoured by whom (sdks.md §3):
 *
 * | Runtime | Way to the server                         | Trust                                   |
 * | ------- | ----------------------------------------- | --------------------------------------- |
 * | Node.js | hook by NODE_OPTIONS; HTTPS_PROXY         | NODE_EXTRA_CA_CERTS                     |
 * | Python  | hook by PYTHONPATH; HTTPS_PROXY           | the hook; REQUESTS_CA_BUNDLE            |
 * | Go      | HTTPS_PROXY                               | SSL_CERT_FILE                           |
 * | Ruby    | HTTPS_PROXY                               | SSL_CERT_FILE                           |
 * | PHP     | HTTPS_PROXY                               | .ini by PHP_INI_SCAN_DIR                |
 * | Java    | JAVA_TOOL_OPTIONS                         | trust store named in JAVA_TOOL_OPTIONS  |
 * | .NET    | hook by DOTNET_STARTUP_HOOKS; HTTPS_PROXY | not needed with the hook; SSL_CERT_FILE |
 *
 * What was set stays in force where it can: values are added to, proxies and authorities of before are used by ours.
 */
export function commandEnvironment({ variables, proxyPort, trust, hooks, server }: CommandSurroundings): Record<string, string> {
  const proxy = `http://127.0.0.1:${proxyPort}`;
  const direct = [
    ...LOOPBACK_NAMES,
    ...noProxyEntries(variables.no_proxy ?? variables.NO_PROXY ?? '').filter(leavesPlivoToProxy),
  ];
  const noProxy = [...new Set(direct)].join(',');
  const set: Readonly<Record<string, string | undefined>> = {
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    ...trust.bundles,
    NODE_EXTRA_CA_CERTS: trust.nodeExtra,
    NODE_OPTIONS: joined(' ', `--require ${JSON.stringify(hooks.node)}`, variables.NODE_OPTIONS),
    PYTHONPATH: joined(path.delimiter, hooks.python, variables.PYTHONPATH),
    // An empty entry stands for the folder that PHP was built with.
    PHP_INI_SCAN_DIR: `${variables.PHP_INI_SCAN_DIR ?? ''}${path.delimiter}${hooks.php}`,
    DOTNET_STARTUP_HOOKS: joined(path.delimiter, hooks.dotnet, variables.DOTNET_STARTUP_HOOKS),
    JAVA_TOOL_OPTIONS: joined(' ', variables.JAVA_TOOL_OPTIONS, ...javaOptions(proxyPort, trust.javaTrustStore)),
    RINGDOWN_PUBLIC_URL: server.url,
    RINGDOWN_OPERATOR_TOKEN: server.operatorToken ?? variables.RINGDOWN_OPERATOR_TOKEN,
    ...(server.credentials && {
      PLIVO_AUTH_ID: server.credentials.authId,
      PLIVO_AUTH_TOKEN: server.credentials.authToken,
    }),
  };
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...variables, ...set })) if (value !== undefined) result[name] = value;
  return result;
}

/** An exception that covers a name of the hosted service would lead past the proxy to it. */
function leavesPlivoToProxy(entry: string): boolean {
  const name = entry
    .replace(/^\*?\./, '')
    .replace(/:\d+$/, '')
    .toLowerCase();
  return !isException(entry, `api.${PLIVO_DOMAIN}`, 443) && name !== PLIVO_DOMAIN && !name.endsWith(`.${PLIVO_DOMAIN}`);
}

function javaOptions(proxyPort: number, trustStore: string): readonly string[] {
  const properties = {
    'https.proxyHost': '127.0.0.1',
    'https.proxyPort': String(proxyPort),
    'http.proxyHost': '127.0.0.1',
    'http.proxyPort': String(proxyPort),
    'javax.net.ssl.trustStore': trustStore,
    'javax.net.ssl.trustStoreType': TRUST_STORE_TYPE,
    'javax.net.ssl.trustStorePassword': TRUST_STORE_PASSWORD,
  };
  return Object.entries(properties).map(([name, value]) => (/\s/.test(value) ? `"-D${name}=${value}"` : `-D${name}=${value}`));
}

const joined = (separator: string, ...parts: readonly (string | undefined)[]) => parts.filter((part) => part).join(separator);
