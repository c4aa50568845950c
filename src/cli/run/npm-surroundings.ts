import path from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

/** The name of our script in package.json. */
const SCRIPT = 'ringdown';

/**
 * Where the command would have run without npm: in the folder that npm was called in, and with the caller's programs first in PATH. npm
 * runs scripts in our own folder, with our own Node.js before the caller's.
 */
export function withoutNpm(variables: Variables, folder: string): { readonly variables: Variables; readonly folder: string } {
  if (variables.npm_lifecycle_event !== SCRIPT || variables.INIT_CWD === undefined) return { variables, folder };
  const entries = (variables.PATH ?? '').split(path.delimiter);
  const first = entries.findIndex((entry) => !isOfNpm(entry));
  return {
    variables: { ...variables, PATH: entries.slice(Math.max(first, 0)).join(path.delimiter) },
    folder: variables.INIT_CWD,
  };
}

const isOfNpm = (entry: string) => /[/\\](?:node_modules[/\\]\.bin|node-gyp-bin)$/.test(entry);
