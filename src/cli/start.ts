import { readEnvironment } from '../config/environment.ts';
import { startServer } from '../main.ts';
import { letHeapGrow } from '../runtime/heap-growth.ts';
import { endAtLast, LAST_RESORT_MS } from '../runtime/last-resort.ts';

/** `ringdown start`: runs the server until SIGTERM or SIGINT. Resolves with the exit status. */
export async function start(): Promise<number> {
  const began = performance.now();
  const environment = readEnvironment(process.env);
  letHeapGrow();
  const stopping = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const server = await startServer(environment);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { authId, authToken } = server.account;
  process.stdout.write(`
Ringdown is ready after ${seconds} s.

  API             ${server.url}/v1/Account/${authId}/
  Auth ID         ${authId}
  Auth Token      ${authToken}
  Operator token  ${server.operatorToken}

Send a message to a virtual phone (any number is one):

  curl -u ${authId}:${authToken} ${server.url}/v1/Account/${authId}/Message/ \\
    -H 'Content-Type: application/json' \\
    -d '{"src": "RINGDOWN", "dst": "+447400123456", "text": "Hello from Ringdown"}'

and see what the phone got:

  curl -H 'Authorization: Bearer ${server.operatorToken}' ${server.url}/ringdown/v1/phones/447400123456/messages

Stop with Ctrl-C.
`);
  await stopping;
  process.stdout.write('Stopping: answers under way are waited for.\n');
  const stopped = server.stop();
  endAtLast(stopped, {
    ms: environment.drainSeconds * 1000 + LAST_RESORT_MS,
    waitingFor: () => server.waitingFor,
    log: server.log,
  });
  await stopped;
  return 0;
}
