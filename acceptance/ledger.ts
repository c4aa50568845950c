/** Compares what the API promised with what an SMSC was given. */
import assert from 'node:assert/strict';
import { operator } from './api.ts';
import type { Sent } from './load.ts';
import type { Smsc, Submit } from './smsc.ts';
import { eventually } from './wait.ts';

export interface Ledger {
  readonly promised: number;
  readonly submitted: number;
  readonly duplicated: number;
}

/** Submits by the id in their text. */
export function byId(smsc: Smsc): Map<string, Submit[]> {
  const found = new Map<string, Submit[]>();
  for (const submit of smsc.submits) {
    const id = submit.body.toString('latin1');
    const same = found.get(id);
    if (same === undefined) found.set(id, [submit]);
    else same.push(submit);
  }
  return found;
}

/** Taken by the SMSC: answered with ESME_ROK, or not answered at all, as far as anybody but the SMSC can know. */
const mayHaveBeenTaken = (submit: Submit) => submit.answered === 0 || submit.answered === undefined;

/**
 * Waits until every promised message was answered with ESME_ROK, then checks each that may have been taken more than once: the earlier
 * submit stayed unanswered for the server, because none was written or because the link ended before it could be known that the server
 * had read and stored it (`ambiguityMs` before the end), and the timeline says so.
 */
export async function settle(
  server: { readonly url: string; readonly operatorToken: string },
  smsc: Smsc,
  accepted: readonly Sent[],
  options: { readonly timeoutMs?: number; readonly ambiguityMs?: number } = {},
): Promise<Ledger> {
  const { timeoutMs = 60_000, ambiguityMs = 2000 } = options;
  let missing: Sent[] = [];
  await eventually(
    'arrival of all promised messages',
    () => {
      const found = byId(smsc);
      missing = accepted.filter(({ id }) => !(found.get(id) ?? []).some((submit) => submit.answered === 0));
      return missing.length === 0 ? true : undefined;
    },
    timeoutMs,
  ).catch(() => {
    const names = missing.slice(0, 5).map(({ id, uuid }) => `${id} ${uuid}`);
    throw new Error(`${missing.length} of ${accepted.length} messages answered 202 never arrived, such as ${names.join(', ')}`);
  });

  const found = byId(smsc);
  let duplicated = 0;
  const unlawful: string[] = [];
  for (const { id, uuid } of accepted) {
    const submits = (found.get(id) ?? []).filter(mayHaveBeenTaken);
    if (submits.length < 2) continue;
    duplicated++;
    for (const earlier of submits.slice(0, -1)) {
      const { endedAt } = earlier.link;
      const unknowable =
        earlier.answeredAt === undefined || (endedAt !== undefined && endedAt - earlier.answeredAt < ambiguityMs);
      if (!unknowable) unlawful.push(`${id} ${uuid} was answered and submitted again`);
    }
    const timeline = await operator(server, `timeline/${uuid}`);
    if (!/unanswered/i.test(timeline.text)) unlawful.push(`${id} ${uuid}: the timeline shows no unanswered attempt`);
  }
  assert.deepEqual(unlawful.slice(0, 5), [], `${unlawful.length} duplicates without reason`);
  return { promised: accepted.length, submitted: smsc.submits.length, duplicated };
}
