import type { InterimSpeechNotification } from '../../voice/call-application.ts';
import type { CallFacts } from '../../voice/call-facts.ts';
import { type CallParams, callParams } from './call-params.ts';
import { score } from './score.ts';

/** Those that repeat what the caller said. */
export const INTERIM_SPEECH_PARAMS: readonly string[] = ['StableSpeech', 'UnstableSpeech'];

/** `interimSpeechResultsCallback` of GetInput: what is understood so far (voice-xml.md §6.7). */
export function interimSpeechParams(call: CallFacts, { result, sequence }: InterimSpeechNotification): CallParams {
  return {
    ...callParams(call, 'InterimSpeech'),
    StableSpeech: result.stable,
    UnstableSpeech: result.unstable,
    Stability: score(result.stability),
    SequenceNumber: String(sequence),
  };
}
