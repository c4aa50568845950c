import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a thread that runs the TypeScript file. The compile cache holds for one thread only, and without it each would load the runtime's
 * compiler for types: 25 MB a thread.
 */
export const startThread = (entry: URL, options: Omit<WorkerOptions, 'argv'>): Worker =>
  new Worker(new URL('./thread.mjs', import.meta.url), { ...options, argv: [entry.href] });
