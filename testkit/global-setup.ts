import { shareTestServer, startTestServer } from './test-database.ts';

/** One database server for the whole `npm test`: started before the first file, stopped after the last. */
let stop: (() => Promise<void>) | undefined;

export async function globalSetup(): Promise<void> {
  const server = await startTestServer();
  shareTestServer(server.url);
  stop = server.stop;
}

export async function globalTeardown(): Promise<void> {
  await stop?.();
}
