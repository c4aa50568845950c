/** Entry of every thread, see `startThread`: JavaScript, because the compile cache must be on before the first TypeScript file is loaded. */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)));
await import(process.argv[2]);
