import type pg from 'pg';
import type { CallNotification } from './call-application.ts';

/** Puts notifications into the transaction of the caller. Resolves with what must be called after its commit. */
export type WriteNotifications = (client: pg.ClientBase, notifications: readonly CallNotification[]) => Promise<() => void>;
