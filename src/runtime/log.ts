import { type Logger, pino } from 'pino';

export type Log = Logger;

/** JSON lines on standard error; standard output belongs to the start screen. Secrets and message texts are never passed to it. */
export function createLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: false }));
}
