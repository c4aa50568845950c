#!/usr/bin/env node
/**
 * What npm runs. It is JavaScript, because the compile cache has to be on before the first TypeScript file is loaded: the runtime's own
 * compiler for types takes 17 MB, and a start that finds everything in the cache never loads it. Where the folder cannot be written nothing
 * is cached.
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)));
await import('./ringdown.ts');
