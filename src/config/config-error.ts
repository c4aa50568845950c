/** Where in the file: `['accounts', 0, 'name']`. */
export type ConfigPath = readonly (string | number)[];

export interface ConfigProblem {
  readonly path: ConfigPath;
  /** Undefined when the place is not in the file (a missing key has the line of what it is missing from). */
  readonly line: number | undefined;
  readonly text: string;
}

/** Everything that is wrong with a configuration file, one line each: `ringdown.yaml:7: accounts[0].nam: unknown key`. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => showProblem(file, problem)).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

function showProblem(file: string, { path, line, text }: ConfigProblem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return path.length === 0 ? `${place}: ${text}` : `${place}: ${showPath(path)}: ${text}`;
}

export const showPath = (path: ConfigPath): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
