import assert from 'node:assert/strict';
import { list } from '../../api.ts';
import type { SdkObject } from '../../sdk.ts';
import { eventually } from '../../wait.ts';
import { client, PHLO, PHLO_NODE, PHONE, PHONE_2, PHONE_3, phloClient, run } from './surroundings.ts';
import { step } from './walk.ts';

const friendlyName = `flow${run}`;
const inside = async (): Promise<SdkObject[]> => {
  const answer = await client.multiPartyCalls.listParticipants({ friendlyName }).catch(() => undefined);
  return list(answer?.objects).filter(({ joinTime, exitTime }) => joinTime !== null && exitTime === null);
};
const member = (address: string) =>
  eventually(`${address} in the room`, async () => (await inside()).find(({ memberAddress }) => memberAddress === address));

/** A PHLO, a run of it, and the room that the run has led into. */
export async function walkPhlo(): Promise<void> {
  const flow = phloClient.phlo(PHLO);
  await step('GET /v1/phlo/{phlo_id}/', async () => {
    const found = await phloClient.phlo.get(PHLO);
    assert.deepEqual([found.phloId, found.name], [PHLO, 'coverage of node']);
    assert.match(String(found.createdOn), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  });
  await step('POST /v1/account/{auth_id}/phlo/{phlo_id}', async () => {
    const made = await flow.run({ to: PHONE, run });
    assert.deepEqual([made.phloId, made.message], [PHLO, '1 call fired']);
    await member(PHONE);
  });
  const room = flow.multiPartyCall(PHLO_NODE);
  await step('POST /v1/phlo/{phlo_id}/{node_type}/{node_id}', async () => {
    assert.equal((await room.call(PHONE, PHONE_2, 'customer')).error, '');
    assert.equal((await member(PHONE_2)).role, 'customer');
  });
  await step('POST /v1/phlo/{phlo_id}/{node_type}/{node_id}/members/{member_address}', async () => {
    assert.equal((await room.warmTransfer(PHONE, PHONE_3)).error, '');
    await eventually('the customer on hold', async () => ((await member(PHONE_2)).hold === true ? true : undefined));
    assert.equal((await room.abortTransfer(PHONE)).error, '');
    await eventually('the customer back', async () => ((await member(PHONE_2)).hold === false ? true : undefined));
  });
  await client.multiPartyCalls.stop({ friendlyName }).catch(() => undefined);
}
