/** Goes from route to route: each step calls one and looks at the answer, and what came of it is a line on standard output. */

/** Below the account, as sdk-routes.json writes it. */
export const A = '/v1/Account/{auth_id}';

let failed = 0;

export const allOk = (): boolean => failed === 0;

/** @param route `GET /v1/Account/{auth_id}/Call/`. Resolves with what the step made, undefined when it failed. */
export async function step<T>(route: string, run: () => Promise<T>): Promise<T | undefined> {
  try {
    const made = await run();
    say({ route, ok: true });
    return made;
  } catch (error) {
    failed++;
    say({ route, ok: false, error: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

/** What an earlier step made. @throws when that has failed */
export function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}: an earlier step failed`);
  return value;
}

/** A part that cannot begin, because what all its steps need could not be had: none of its routes is told of as ok. */
export async function part(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    failed++;
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

function say(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
