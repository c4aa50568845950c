import { open } from 'node:fs/promises';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { ConfigError, type ConfigPath, type ConfigProblem } from './config-error.ts';
import { type ConfigFile, configSchema } from './schema.ts';

/** 100,000 numbers for sale with prices make 15 MB. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** The parser's measure of how often aliases are expanded: a "billion laughs" file needs far more, a hand-written one far fewer. */
const MAX_ALIASES = 100;
/** A file that is wrong everywhere is usually wrong in one way. */
const MAX_PROBLEMS = 20;

/** A configuration file that satisfies the schema, and where each of its values stands. */
export interface ConfigDocument {
  readonly file: string;
  readonly value: ConfigFile;
  lineOf(path: ConfigPath): number | undefined;
}

/** Throws ConfigError, also when the file cannot be read. */
export async function readConfigFile(file: string): Promise<ConfigDocument> {
  return parseConfig(await readText(file), file);
}

async function readText(file: string): Promise<string> {
  const refuse = (text: string) => new ConfigError(file, [{ path: [], line: undefined, text }]);
  const handle = await open(file, 'r').catch((error: Error) => {
    throw refuse(error.message);
  });
  try {
    const { size } = await handle.stat();
    if (size > MAX_FILE_BYTES) throw refuse(`the file is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB`);
    return await handle.readFile('utf8').catch((error: Error) => {
      throw refuse(error.message);
    });
  } finally {
    await handle.close();
  }
}

/** Parses YAML 1.2 (and so JSON) and checks it against the schema. Throws ConfigError with every problem found. */
export function parseConfig(text: string, file: string): ConfigDocument {
  const lines = new LineCounter();
  const { document, content } = parseYaml(text, file, lines);
  const lineOf = (path: ConfigPath) => findLine(document, path, lines);
  const value = withoutEmptySections(content);
  if (!validator.Check(value)) throw new ConfigError(file, schemaProblems(configSchema, value, [], lineOf));
  return { file, value, lineOf };
}

const validator = Compile(configSchema);

function parseYaml(text: string, file: string, lines: LineCounter): { document: Document; content: unknown } {
  try {
    const document = parseDocument(text, { uniqueKeys: true, lineCounter: lines, prettyErrors: false, merge: false });
    const problems = document.errors.slice(0, MAX_PROBLEMS).map(({ message, pos }) => ({
      path: [],
      line: lines.linePos(pos[0]).line,
      text: message,
    }));
    if (problems.length > 0) throw new ConfigError(file, problems);
    return { document, content: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    // The parser throws for too many aliases, and for nesting that exhausts the stack.
    const text =
      error instanceof RangeError ? 'the file is nested too deeply' : error instanceof Error ? error.message : String(error);
    throw new ConfigError(file, [{ path: [], line: undefined, text }]);
  }
}

/** An empty file and a section without entries (`carriers:`) are the same as none. */
function withoutEmptySections(content: unknown): unknown {
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) return content;
  return Object.fromEntries(Object.entries(content).filter(([, section]) => section !== null));
}

/** What of `value`, which stands at `base` in the file, does not satisfy the schema. */
export function schemaProblems(
  schema: TSchema,
  value: unknown,
  base: ConfigPath,
  lineOf: (path: ConfigPath) => number | undefined,
): readonly ConfigProblem[] {
  const found = new Map<string, ConfigProblem>();
  const add = (path: ConfigPath, text: string) => {
    const key = path.join('\0');
    if (!found.has(key) && found.size < MAX_PROBLEMS) found.set(key, { path, line: lineOf(path), text });
  };
  for (const error of Compile(schema).Errors(value)) {
    const path = [...base, ...readPointer(error.instancePath, value)];
    if (error.keyword === 'additionalProperties') {
      for (const name of error.params.additionalProperties) add([...path, name], 'unknown key');
    } else if (error.keyword === 'required') {
      for (const name of error.params.requiredProperties) add(path, `${name} is missing`);
    } else if (error.keyword !== 'boolean') {
      add(path, expectation(schema, error.schemaPath) ?? error.message);
    }
  }
  return [...found.values()];
}

/** Steps of a JSON pointer; indexes of arrays become numbers. */
function readPointer(pointer: string, root: unknown): ConfigPath {
  let at = root;
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const isIndex = Array.isArray(at);
      at = typeof at === 'object' && at !== null ? Object.entries(at).find(([key]) => key === name)?.[1] : undefined;
      return isIndex ? Number(name) : name;
    });
}

/** The description nearest to the part of the schema that failed. */
function expectation(schema: TSchema, pointer: string): string | undefined {
  let at: unknown = schema;
  let nearest: string | undefined;
  for (const step of pointer.replace(/^#\/?/, '').split('/')) {
    if (typeof at !== 'object' || at === null) break;
    if ('description' in at && typeof at.description === 'string') nearest = at.description;
    at = Object.entries(at).find(([key]) => key === step.replaceAll('~1', '/').replaceAll('~0', '~'))?.[1];
  }
  if (typeof at === 'object' && at !== null && 'description' in at && typeof at.description === 'string')
    nearest = at.description;
  return nearest;
}

/** Line of the key, or of the entry of a list, that a path leads to; of the last step that exists when it does not. */
function findLine(document: Document, path: ConfigPath, lines: LineCounter): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      if (isMap(node) || isSeq(node) || isScalar(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}
