import type { MediaLeg } from '../../media/media-engine.ts';

/** What a stream is opened to: whose audio its application hears, and who hears the application. */
export type StreamParty = Pick<MediaLeg, 'tap' | 'feed' | 'onDigit' | 'sendDigits'>;
