import type { Audience } from '../../media/media-engine.ts';
import type { ParticipantRole } from './multiparty-plan.ts';

/** Hearing groups of the room of a multiparty call, so that a coach can be heard by agents alone (multiparty-calls.md §3.5). */
const AGENTS = 1;
const OTHERS = 0;

/** What a participant of this role may be told apart from the others. An AI agent is an agent. */
export const hearingGroup = (role: ParticipantRole): number => (isAgent(role) ? AGENTS : OTHERS);

export const isAgent = (role: ParticipantRole): boolean => role === 'agent' || role === 'ai-agent';

/** Who hears a participant who is neither muted nor on hold. */
export const audienceOf = (coaching: boolean): Audience => (coaching ? { groups: [AGENTS] } : 'all');
