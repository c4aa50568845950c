import type { Random } from '../runtime/random.ts';
import { BRANCH_COOKIE } from './via.ts';

/** Tags must hold 32 bits of randomness (RFC 3261 §19.3), and guessing one must not let a stranger end a call. */
const TAG_BYTES = 8;
const BRANCH_BYTES = 10;
const CALL_ID_BYTES = 16;

export const newTag = (random: Random): string => random.bytes(TAG_BYTES).toString('hex');
export const newBranch = (random: Random): string => BRANCH_COOKIE + random.bytes(BRANCH_BYTES).toString('hex');
export const newCallId = (random: Random): string => random.bytes(CALL_ID_BYTES).toString('hex');
