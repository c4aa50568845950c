import { systemClock } from '../runtime/clock.ts';
import { EXIT_FAILED, type Terminal } from './command-line.ts';
import { checks, type Finding } from './doctor-checks.ts';

const MARKS: Readonly<Record<Finding['state'], string>> = { ok: 'ok   ', warning: 'warn ', failed: 'FAIL ' };
/** Every check has timeouts of its own; this one holds for all of them together. */
const CHECK_TIMEOUT_MS = 60_000;

/** `ringdown doctor`: one line a check, with the one thing to change where something is wrong. Exit status 1 when one failed. */
export async function doctor(
  _args: readonly string[],
  terminal: Terminal = process,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Promise<number> {
  let failed = false;
  for await (const finding of checks(variables, { clock: systemClock, signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) })) {
    failed ||= finding.state === 'failed';
    const advice = finding.advice === undefined ? '' : `\n         -> ${finding.advice}`;
    terminal.stdout.write(`${MARKS[finding.state]} ${finding.check}: ${finding.text}${advice}\n`);
  }
  return failed ? EXIT_FAILED : 0;
}
