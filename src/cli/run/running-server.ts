import { access } from 'node:fs/promises';
import path from 'node:path';
import { type Environment, publicUrlOf } from '../../config/environment.ts';
import { findRunningPostgres } from '../../storage/embedded-postgres.ts';
import { createSealing, loadInstanceKey } from '../../storage/sealing.ts';
import { openForReading } from '../doctor-store.ts';
import { sealedFirstAccount } from './first-account-store.ts';

/** The server that a command is led to. */
export interface RunServer {
  /** Without slash at the end. */
  readonly url: string;
  /** An account of it, when one is known. */
  readonly credentials: Credentials | undefined;
  /** Of a server that was started for the run. */
  readonly operatorToken?: string;
  /** Ends what was started for the run. Never rejects. */
  stop(): Promise<void>;
}

export interface Credentials {
  readonly authId: string;
  readonly authToken: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** A server on this machine answers in milliseconds, one elsewhere in a second. */
const LOOK_TIMEOUT_MS = 5_000;

/**
 * The server that the environment describes. Its account is the one that the variables of the SDKs name, else the one of the environment,
 * else the first of the installation on this machine: whichever the server takes. Throws when nothing answers there.
 */
export async function findRunningServer(environment: Environment, variables: Variables): Promise<RunServer> {
  const url = publicUrlOf(environment, environment.httpPort);
  const health = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(LOOK_TIMEOUT_MS) }).catch(() => undefined);
  await health?.body?.cancel();
  if (!health) {
    throw new Error(
      `No server answers at ${url}. Start one, name another with RINGDOWN_HTTP_PORT or RINGDOWN_PUBLIC_URL, or let "ringdown run --start" start one of its own.`,
    );
  }
  for (const candidate of [
    async () => complete(variables.PLIVO_AUTH_ID, variables.PLIVO_AUTH_TOKEN),
    async () => complete(environment.authId, environment.authToken),
    // Without the files or the database of the installation there is nothing to find.
    () => firstAccountOf(environment).catch(() => undefined),
  ]) {
    const credentials = await candidate();
    if (credentials && (await isKnown(url, credentials))) return { url, credentials, stop: async () => {} };
  }
  return { url, credentials: undefined, stop: async () => {} };
}

const complete = (authId: string | undefined, authToken: string | undefined): Credentials | undefined =>
  authId && authToken ? { authId, authToken } : undefined;

/** Credentials are exported only after the server has taken them: the data directory may be another one's. */
async function isKnown(url: string, { authId, authToken }: Credentials): Promise<boolean> {
  const answer = await fetch(`${url}/v1/Account/${encodeURIComponent(authId)}/`, {
    headers: { authorization: `Basic ${Buffer.from(`${authId}:${authToken}`).toString('base64')}` },
    signal: AbortSignal.timeout(LOOK_TIMEOUT_MS),
    redirect: 'manual',
  }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer !== undefined && answer.status !== 401;
}

/** From the database that DATABASE_URL or the data directory leads to. Starts, makes and changes nothing. */
async function firstAccountOf(environment: Environment): Promise<Credentials | undefined> {
  // The key file would be made if it were missing.
  if (environment.instanceKey === undefined) await access(path.join(environment.dataDir, 'instance.key'));
  const url = environment.databaseUrl ?? (await findRunningPostgres(environment.dataDir))?.url;
  if (url === undefined) return undefined;
  const sealing = createSealing(await loadInstanceKey(environment.dataDir, environment.instanceKey));
  const pool = openForReading(url);
  try {
    const found = await sealedFirstAccount(pool);
    return found && { authId: found.authId, authToken: sealing.unseal(found.sealedToken) };
  } finally {
    await pool.end();
  }
}
