import type { AudioServices } from '../../carriers/sip/leg-audio.ts';
import type { LegSessions } from './leg-sessions.ts';
import type { SipTimeline } from './sip-timeline.ts';
import type { SrtpRules } from './srtp-rules.ts';

/** What legs of calls stand on. */
export interface LegServices extends AudioServices {
  readonly timeline: SipTimeline;
  readonly sessions: LegSessions;
  readonly srtp: SrtpRules;
}
