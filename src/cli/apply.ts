import { applyConfig } from '../config/apply-config.ts';
import { readEnvironment } from '../config/environment.ts';
import { readConfigFile } from '../config/yaml-file.ts';
import { systemClock } from '../runtime/clock.ts';
import { createIds } from '../runtime/ids.ts';
import { createSystemRandom } from '../runtime/random.ts';
import { createSealing, loadInstanceKey } from '../storage/sealing.ts';
import { EXIT_USAGE, type Terminal } from './command-line.ts';
import { openDatabase } from './open-database.ts';

/** More lines than a screen says nothing; the rest is counted. */
const MAX_LINES = 50;

/** `ringdown apply [FILE]`: without FILE the one of RINGDOWN_CONFIG. Running servers take the change up at once. */
export async function apply(
  args: readonly string[],
  terminal: Terminal = process,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Promise<number> {
  const environment = readEnvironment(variables);
  const file = args[0] ?? environment.configFile;
  if (file === undefined || args.length > 1 || file.startsWith('-')) {
    terminal.stderr.write('Usage: ringdown apply FILE\n');
    return EXIT_USAGE;
  }
  const document = await readConfigFile(file);
  const sealing = createSealing(await loadInstanceKey(environment.dataDir, environment.instanceKey));
  const database = await openDatabase(environment);
  try {
    const ids = createIds(systemClock, createSystemRandom());
    const at = new Date(systemClock.now());
    const changes = await applyConfig(document, { pool: database.storage.pool, sealing, ids, at });
    const lines = changes.slice(0, MAX_LINES).map(({ change, kind, name }) => `${change} ${kind} ${name}`.trimEnd());
    if (changes.length > MAX_LINES) lines.push(`... and ${changes.length - MAX_LINES} more`);
    terminal.stdout.write(changes.length === 0 ? 'nothing to change\n' : `${lines.join('\n')}\n`);
    return 0;
  } finally {
    await database.close();
  }
}
