import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readEnvironment } from '../../config/environment.ts';
import { startServer } from '../../main.ts';
import type { RunServer } from './running-server.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** What the command left under way is of no use to anybody after it. */
const DRAIN_SECONDS = '1';
/** Removing a directory in which a database has just ended its last process. */
const REMOVE_RETRIES = 5;

/**
 * A server of this run only: free ports, a database of its own in a temporary directory, nothing of it left at the end. The configuration
 * file, the credentials and the operator token of the environment are taken over.
 */
export async function startThrowAwayServer(variables: Variables): Promise<RunServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ringdown-run-server-'));
  // Run by root, the database belongs to another user, who has to enter.
  await chmod(folder, 0o755);
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: REMOVE_RETRIES });
  try {
    const server = await startServer(
      readEnvironment({
        ...variables,
        RINGDOWN_HTTP_PORT: '0',
        RINGDOWN_SIP_PORT: '0',
        RINGDOWN_BIND: '127.0.0.1',
        RINGDOWN_PUBLIC_URL: '',
        RINGDOWN_PUBLIC_IP: '',
        RINGDOWN_DATA_DIR: path.join(folder, 'data'),
        RINGDOWN_INSTANCE_KEY: '',
        RINGDOWN_DRAIN_SECONDS: DRAIN_SECONDS,
        // Standard error is the command's: only what goes wrong is told there.
        RINGDOWN_LOG_LEVEL: variables.RINGDOWN_LOG_LEVEL || 'error',
        DATABASE_URL: '',
        REDIS_URL: '',
      }),
    );
    const { authId, authToken } = server.account;
    return {
      url: server.url,
      credentials: { authId, authToken },
      operatorToken: server.operatorToken,
      async stop() {
        await server.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
