import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { SpeechConfiguration } from '../speech/engines.ts';
import type { RecognitionConfiguration } from '../speech/recognition/configured-recogniser.ts';
import type { Sealing } from '../storage/sealing.ts';
import type { TableChange } from './carrier-apply-store.ts';

const NAME = 'engines';

/** The speech engines as the file has them; undefined = it has none, what was there is removed. */
export const replaceSpeech = (client: pg.ClientBase, sealing: Sealing, wanted: SpeechConfiguration | undefined) =>
  replaceOnly(client, sealing, 'speech', wanted);

/** The same of speech to text. */
export const replaceRecognition = (client: pg.ClientBase, sealing: Sealing, wanted: RecognitionConfiguration | undefined) =>
  replaceOnly(client, sealing, 'recognition', wanted);

async function replaceOnly(
  client: pg.ClientBase,
  sealing: Sealing,
  table: 'speech' | 'recognition',
  wanted: SpeechConfiguration | RecognitionConfiguration | undefined,
): Promise<readonly TableChange[]> {
  const { rows } = await client.query<{ options: string }>(`select options from ${table}`);
  const current = rows[0] && JSON.parse(sealing.unseal(rows[0].options));
  if (wanted === undefined) {
    if (current === undefined) return [];
    await client.query(`delete from ${table}`);
    return [{ name: NAME, change: 'removed' }];
  }
  if (isDeepStrictEqual(current, wanted)) return [];
  await client.query(
    `insert into ${table} (options) values ($1) on conflict (only_one) do update set options = excluded.options`,
    [sealing.seal(JSON.stringify(wanted))],
  );
  return [{ name: NAME, change: current === undefined ? 'added' : 'changed' }];
}
