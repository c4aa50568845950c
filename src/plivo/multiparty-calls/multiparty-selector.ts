import { invalidParameter, notFound } from '../../errors/catalogue.ts';
import { isUuid } from '../../runtime/ids.ts';
import type { MultiPartySelector, ParticipantSelector } from '../../voice/multiparty/multiparty-control.ts';
import { text } from '../fields.ts';

/** `{mpc_id}` of paths (multiparty-calls.md §1.1). */
export const mpcParameters = { mpc_id: text(300) };
/** A participant beside it: one id; where several are taken also a comma list, or `all`. */
export const memberParameters = { ...mpcParameters, member_id: text(1_024) };

/** `name_{friendly name}` or `uuid_{id}`; without either what looks like an id is one. @throws not_found for what no id can be */
export function readMpcId(given: string): MultiPartySelector {
  if (given.startsWith('uuid_')) {
    const id = given.slice('uuid_'.length);
    if (!isUuid(id)) throw notFound();
    return { by: 'id', id: id.toLowerCase() };
  }
  if (given.startsWith('name_')) {
    const name = given.slice('name_'.length).trim();
    if (name === '') throw notFound();
    return { by: 'name', name };
  }
  return isUuid(given) ? { by: 'id', id: given.toLowerCase() } : { by: 'name', name: given.trim() };
}

/** As the path of an object begins: what it was asked by. */
export const mpcPath = (which: MultiPartySelector): string =>
  `MultiPartyCall/${which.by === 'name' ? `name_${encodeURIComponent(which.name)}` : `uuid_${which.id}`}/`;

export function readMembers(given: string): ParticipantSelector {
  if (given.toLowerCase() === 'all') return 'all';
  const ids = given
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (ids.length === 0) throw invalidParameter('member_id', 'member_id parameter is invalid: ids, or all, are expected');
  return [...new Set(ids)];
}
