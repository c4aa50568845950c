/**
 * Cost of encoding choice, segmentation and smart replacement, in microseconds a text. Run: `node bench/encoding.ts`.
 * Pass line: 5 µs for 100 characters, because every accepted message pays it once on the thread that answers requests.
 */
import { encodeGsm7 } from '../src/carriers/text/gsm7.ts';
import { segmentText } from '../src/messaging/encoding/segments.ts';
import { replaceLookAlikes } from '../src/messaging/encoding/smart-replacement.ts';

const ROUNDS = 200_000;
const ascii = 'Your parcel arrives today between 14:00 and 16:00. Track it: https://example.com/t/8f3a or call us!! ';
const texts: Record<string, string> = {
  'gsm7 100': ascii.slice(0, 100),
  'ucs2 100': `${ascii.slice(0, 98)}你好`,
  'gsm7 1600': ascii.repeat(16).slice(0, 1600),
  'ucs2 737': '你好世界'.repeat(185).slice(0, 737),
};

function measure(name: string, task: (text: string) => unknown): void {
  for (const [label, text] of Object.entries(texts)) {
    for (let round = 0; round < ROUNDS / 10; round++) task(text);
    const start = performance.now();
    for (let round = 0; round < ROUNDS; round++) task(text);
    const micros = ((performance.now() - start) * 1000) / ROUNDS;
    console.log(`${name.padEnd(18)} ${label.padEnd(10)} ${micros.toFixed(2)} µs`);
  }
}

measure('segmentText', segmentText);
measure('replaceLookAlikes', replaceLookAlikes);
measure('encodeGsm7', (text) => (segmentText(text).encoding === 'gsm7' ? encodeGsm7(text) : undefined));
