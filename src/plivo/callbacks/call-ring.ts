import type { CallFacts } from '../../voice/call-facts.ts';
import { type CallParams, callParams } from './call-params.ts';

/** `ring_url`: the destination of an API call rings (voice-xml.md §3.2). */
export function callRingParams(call: CallFacts): CallParams {
  return callParams(call, 'Ring', 'ringing');
}
