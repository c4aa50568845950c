#!/usr/bin/env node
/**
 * What npm runs. It is JavaScript, because the compile cache has to be on before the first TypeScript file is loaded: the runtime's own
 * compiler for types takes 17 MB, and a start that finds everything in the cache never loads it. Where the folder cannot be written nothing
 * is cached.
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Each thread gets an arena of its own from glibc's allocator, and none of them gives back what calls have used: 20 to 50 MB after a thousand
 * (decision 0022). How many there may be is read from the environment when a process begins, so the server begins once more in its own place.
 */
const ARENAS = '2';
if (process.platform === 'linux' && process.argv[2] === 'start' && process.env.MALLOC_ARENA_MAX === undefined && process.execve)
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    ...process.env,
    MALLOC_ARENA_MAX: ARENAS,
  });

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)));
await import('./ringdown.ts');
