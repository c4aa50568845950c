import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { getCACertificates } from 'node:tls';
import type { Authority } from './authority.ts';
import { javaTrustStore } from './java-trust-store.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Variables that name a file of the authorities to trust instead of the runtime's own, in the order of who reads them. */
const BUNDLE_VARIABLES = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'] as const;

/** Files that name this run's authority, one for each kind of client. */
export interface TrustFiles {
  /** This authority alone, PEM. */
  readonly authority: string;
  /** Added to what Node.js trusts by itself, PEM. */
  readonly nodeExtra: string;
  /** Variable and its file: what the variable's file held, or what this machine trusts, and this authority. */
  readonly bundles: Readonly<Record<string, string>>;
  /** What this machine trusts and this authority, for Java. */
  readonly javaTrustStore: string;
}

/** Writes them into the folder. Files that variables name and that cannot be read count as empty, as they do for most clients. */
export async function writeTrustFiles(
  folder: string,
  authority: Authority,
  variables: Variables,
  now: number,
  roots: readonly string[] = machineRoots(),
): Promise<TrustFiles> {
  const write = async (name: string, content: string | Uint8Array) => {
    const file = path.join(folder, name);
    await writeFile(file, content);
    return file;
  };
  const held = async (variable: string) => {
    const file = variables[variable];
    return file ? await readFile(file, 'utf8').catch(() => '') : undefined;
  };
  const rootsText = roots.join('\n');
  const bundles: Record<string, string> = {};
  for (const variable of BUNDLE_VARIABLES) {
    const before = (await held(variable)) ?? (await held('SSL_CERT_FILE')) ?? rootsText;
    bundles[variable] = await write(`${variable.toLowerCase()}.pem`, `${authority.pem}${before}\n`);
  }
  const trusted = certificatesOf((await held('SSL_CERT_FILE')) ?? rootsText);
  return {
    authority: await write('authority.pem', authority.pem),
    nodeExtra: await write('node-extra.pem', `${authority.pem}${(await held('NODE_EXTRA_CA_CERTS')) ?? ''}`),
    bundles,
    javaTrustStore: await write('trust.jks', javaTrustStore([authority.certificate, ...trusted], now)),
  };
}

/** What the operating system trusts; where that cannot be told, Mozilla's list. PEM. */
function machineRoots(): readonly string[] {
  const system = getCACertificates('system');
  return system.length > 0 ? system : getCACertificates('bundled');
}

/** DER of each certificate in the text; what is not one is left out. */
function certificatesOf(pem: string): readonly Buffer[] {
  return [...pem.matchAll(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g)].flatMap(
    ([text]) => {
      try {
        return [new X509Certificate(text).raw];
      } catch {
        return [];
      }
    },
  );
}
