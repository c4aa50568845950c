import type { Log } from './log.ts';

/** Beyond the grace period: more than all steps of a stop take that fail one after the other within their own limits, most of the time. */
export const LAST_RESORT_MS = 15_000;
/** Handles that close behind a finished stop are gone in a moment. */
export const LEFT_OVER_MS = 2_000;

/** What is ended; handed in by tests. */
export interface EndedProcess {
  /** Kinds of handles that keep the event loop alive. */
  resources(): readonly string[];
  exit(status: number): void;
}

export const thisProcess: EndedProcess = {
  resources: () => process.getActiveResourcesInfo(),
  exit: (status) => process.exit(status),
};

/**
 * The process ends, come what may. When `stopped` has not resolved within `ms` it is ended with status 1; when it has and something still
 * keeps the process alive, with 0 after `LEFT_OVER_MS`. The log says what was waited for. The timers keep no process alive.
 */
export function endAtLast(
  stopped: Promise<void>,
  options: { readonly ms: number; readonly waitingFor: () => string | undefined; readonly log: Log },
  ended: EndedProcess = thisProcess,
): void {
  const { ms, waitingFor, log } = options;
  const timer = setTimeout(() => {
    log.fatal({ step: waitingFor(), ms, resources: ended.resources() }, 'the shutdown hangs, the process ends without it');
    ended.exit(1);
  }, ms).unref();
  void stopped.finally(() => {
    clearTimeout(timer);
    setTimeout(() => {
      log.error({ resources: ended.resources() }, 'everything is stopped and something keeps the process alive, it ends now');
      ended.exit(0);
    }, LEFT_OVER_MS).unref();
  });
}
