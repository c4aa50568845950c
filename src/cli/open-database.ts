import type { Environment } from '../config/environment.ts';
import { createLog } from '../runtime/log.ts';
import { startEmbeddedPostgres } from '../storage/embedded-postgres.ts';
import { openStorage, type Storage } from '../storage/storage.ts';

/** A tool needs few connections and leaves the others to the server. */
const TOOL_POOL_SIZE = 2;

/** The installation's database for a tool. One that a server uses is left running, one started for the tool is stopped. */
export async function openDatabase(
  environment: Pick<Environment, 'databaseUrl' | 'dataDir' | 'logLevel'>,
): Promise<{ readonly storage: Storage; close(): Promise<void> }> {
  const embedded =
    environment.databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir: environment.dataDir }) : undefined;
  const stop = async () => {
    if (embedded && !embedded.takenOver) await embedded.stop();
  };
  try {
    const storage = await openStorage(
      environment.databaseUrl ?? embedded?.url ?? '',
      createLog(environment.logLevel),
      TOOL_POOL_SIZE,
    );
    return {
      storage,
      async close() {
        await storage.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
