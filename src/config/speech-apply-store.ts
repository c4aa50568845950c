import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { SpeechConfiguration } from '../speech/engines.ts';
import type { Sealing } from '../storage/sealing.ts';
import type { TableChange } from './carrier-apply-store.ts';

const NAME = 'engines';

/** The speech engines as the file has them; undefined = it has none, what was there is removed. */
export async function replaceSpeech(
  client: pg.ClientBase,
  sealing: Sealing,
  wanted: SpeechConfiguration | undefined,
): Promise<readonly TableChange[]> {
  const { rows } = await client.query<{ options: string }>('select options from speech');
  const current = rows[0] && JSON.parse(sealing.unseal(rows[0].options));
  if (wanted === undefined) {
    if (current === undefined) return [];
    await client.query('delete from speech');
    return [{ name: NAME, change: 'removed' }];
  }
  if (isDeepStrictEqual(current, wanted)) return [];
  await client.query('insert into speech (options) values ($1) on conflict (only_one) do update set options = excluded.options', [
    sealing.seal(JSON.stringify(wanted)),
  ]);
  return [{ name: NAME, change: current === undefined ? 'added' : 'changed' }];
}
