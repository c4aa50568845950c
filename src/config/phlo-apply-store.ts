import type pg from 'pg';
import { buildPhlo } from '../phlo/build-phlo.ts';
import { phloXml } from '../plivo/phlo/phlo-language.ts';
import type { TableChange } from './carrier-apply-store.ts';
import type { PhloEntry } from './phlo-options.ts';
import { upsertRows } from './upsert-store.ts';

/** What is wrong with an entry; undefined = nothing. */
export function phloProblem(entry: PhloEntry): string | undefined {
  if ((entry.xml === undefined) === (entry.url === undefined)) return 'either xml or url is expected';
  const built = phloOf(entry);
  return 'reason' in built ? built.reason : undefined;
}

/** Makes the PHLOs of the file, or changes what differs; one of another account is left alone and named. */
export async function applyPhlos(
  client: pg.ClientBase,
  entries: readonly PhloEntry[],
): Promise<{ readonly changes: readonly TableChange[]; readonly foreign: number | undefined }> {
  const { rows: known } = await client.query<{ phloId: string; accountId: string }>(
    'select phlo_id as "phloId", account_id as "accountId" from phlos where phlo_id = any($1)',
    [entries.map((entry) => entry.phlo_id)],
  );
  const owners = new Map(known.map(({ phloId, accountId }) => [phloId, accountId]));
  const foreign = entries.findIndex(({ phlo_id, account }) => (owners.get(phlo_id.toLowerCase()) ?? account) !== account);
  if (foreign >= 0) return { changes: [], foreign };
  const rows = entries.flatMap((entry) => {
    const phlo = phloOf(entry);
    if ('reason' in phlo) return [];
    return [
      {
        phlo_id: phlo.phloId,
        account_id: phlo.accountId,
        owner_id: phlo.ownerId,
        name: phlo.name,
        from_number: phlo.from,
        document: phlo.source.kind === 'document' ? phlo.source.xml : null,
        url: phlo.source.kind === 'url' ? phlo.source.url : null,
        nodes: JSON.stringify(phlo.nodes),
      },
    ];
  });
  const results = await upsertRows(client, { table: 'phlos', key: ['phlo_id'] }, rows);
  return {
    changes: rows.flatMap(({ phlo_id, name }) => {
      const change = results.get(phlo_id);
      return change ? [{ name, change }] : [];
    }),
    foreign: undefined,
  };
}

/** When it was made is for storage to say. */
function phloOf(entry: PhloEntry) {
  const { xml, url } = entry;
  return buildPhlo(
    {
      phloId: entry.phlo_id,
      accountId: entry.account,
      ownerId: entry.subaccount ?? entry.account,
      name: entry.name,
      from: entry.from === undefined ? undefined : String(entry.from).replace(/^\+/, ''),
      source: xml === undefined ? { kind: 'url', url: url ?? '' } : { kind: 'document', xml },
      nodes: (entry.nodes ?? []).map((node) => ({
        nodeId: node.node_id,
        type: node.type,
        name: node.name,
        voicemailUrl: node.voicemail_url,
      })),
      createdAt: new Date(0),
    },
    phloXml,
  );
}
