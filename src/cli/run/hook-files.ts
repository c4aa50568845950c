import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HookFiles } from './command-environment.ts';
import { PLIVO_DOMAIN } from './plivo-hosts.ts';
import type { TrustFiles } from './trust-bundle.ts';

const SOURCES = fileURLToPath(new URL('hooks/', import.meta.url));

/** Copies the hooks into the folder, with what they read beside them: run.json, and authority.pem, which the trust files have put there. */
export async function writeHookFiles(
  folder: string,
  ports: { readonly port: number; readonly tlsPort: number },
  trust: TrustFiles,
): Promise<HookFiles> {
  const [python, php, dotnet] = [path.join(folder, 'python'), path.join(folder, 'php'), path.join(folder, 'dotnet')];
  for (const each of [python, php, dotnet]) await mkdir(each);
  const settings = JSON.stringify({ domain: PLIVO_DOMAIN, port: ports.port, tlsPort: ports.tlsPort });
  for (const each of [folder, python, dotnet]) await writeFile(path.join(each, 'run.json'), settings);
  await copyFile(trust.authority, path.join(python, 'authority.pem'));
  await copyFile(path.join(SOURCES, 'sitecustomize.py'), path.join(python, 'sitecustomize.py'));
  const node = path.join(folder, 'node.cjs');
  await copyFile(path.join(SOURCES, 'node.cjs'), node);
  const assembly = path.join(dotnet, 'StartupHook.dll');
  await copyFile(path.join(SOURCES, 'dotnet', 'StartupHook.dll'), assembly);
  const bundle = trust.bundles.CURL_CA_BUNDLE ?? trust.authority;
  await writeFile(path.join(php, 'ringdown.ini'), `curl.cainfo="${bundle}"\nopenssl.cafile="${bundle}"\n`);
  return { node, python, php, dotnet: assembly };
}
