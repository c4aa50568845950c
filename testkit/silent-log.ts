import { pino } from 'pino';
import type { Log } from '../src/runtime/log.ts';

/** Says nothing. */
export const silentLog: Log = pino({ level: 'silent' });
