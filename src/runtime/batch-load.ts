/** Keys in one load: a statement with more of them takes longer to plan than it saves. */
const MAX_KEYS = 500;

/**
 * Joins look-ups by key that are asked for in the same turn of the event loop into one: a thousand messages that each ask for a
 * number make one statement. A failed load fails those who asked for its keys.
 */
export function batchLoad<Value>(
  loadMany: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | undefined> {
  let asked: string[] = [];
  let batch: Promise<ReadonlyMap<string, Value>> | undefined;
  return async (key) => {
    if (!batch || asked.length >= MAX_KEYS) {
      const keys: string[] = [];
      asked = keys;
      const started = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        if (asked === keys) batch = undefined;
        return loadMany(keys);
      });
      batch = started;
    }
    const mine = batch;
    asked.push(key);
    return (await mine).get(key);
  };
}
