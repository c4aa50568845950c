import type { AudioServices } from '../../carriers/sip/leg-audio.ts';
import type { SipTimeline } from './sip-timeline.ts';

/** What legs of calls stand on. */
export interface LegServices extends AudioServices {
  readonly timeline: SipTimeline;
}
