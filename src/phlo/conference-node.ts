import type { Scope } from '../accounts/account.ts';
import { invalidParameter, Problem } from '../errors/catalogue.ts';
import type { ConferenceControl, MemberFacts } from '../voice/conferences/conference-control.ts';
import type { MemberAction } from './node-actions.ts';
import type { Phlo, PhloNode } from './phlo.ts';
import { hasPlaceholders } from './placeholders.ts';
import type { RunStore } from './run-store.ts';

export interface ConferenceNodesDependencies {
  readonly rooms: () => ConferenceControl;
  readonly runs: Pick<RunStore, 'lastWithRoom'>;
}

/** Conferences of a PHLO's runs: requests name a member of one, and with it which one is meant (account-numbers.md §15). */
export class ConferenceNodes {
  readonly #needs: ConferenceNodesDependencies;

  constructor(needs: ConferenceNodesDependencies) {
    this.#needs = needs;
  }

  /** On hold, a member neither hears nor is heard. @throws Problem */
  async actOnMember(scope: Scope, phlo: Phlo, node: PhloNode, address: string, action: MemberAction): Promise<void> {
    const rooms = this.#needs.rooms();
    const { name, memberId } = await this.#seat(scope, phlo, node, address);
    switch (action) {
      case 'hold':
      case 'unhold':
        await rooms.mute(scope, name, [memberId], action === 'hold');
        await rooms.deafen(scope, name, [memberId], action === 'hold');
        return;
      case 'mute':
      case 'unmute':
        await rooms.mute(scope, name, [memberId], action === 'mute');
        return;
      case 'hangup':
        await rooms.hangUpMembers(scope, name, [memberId]);
        return;
      default:
        throw invalidParameter('action', 'action parameter is invalid: a conference bridge has no transfers and no voicemail');
    }
  }

  async #seat(
    scope: Scope,
    phlo: Phlo,
    node: PhloNode,
    address: string,
  ): Promise<{ readonly name: string; readonly memberId: string }> {
    const { rooms, runs } = this.#needs;
    const wanted = comparable(address);
    for (const name of await rooms().names(scope)) {
      const isItself = name === node.name && !hasPlaceholders(node.name);
      if (!isItself && !(await runs.lastWithRoom(phlo.phloId, node, name))) continue;
      const { members } = await rooms().find(scope, name);
      const member = members.find((each) => comparable(farEnd(each)) === wanted);
      if (member) return { name, memberId: member.id };
    }
    throw new Problem('not_found', `nobody with the address ${address} is in a conference of this node`);
  }
}

const farEnd = ({ direction, from, to }: MemberFacts): string => (direction === 'inbound' ? from : to);
const comparable = (address: string): string => address.trim().replace(/^\+/, '').toLowerCase();
