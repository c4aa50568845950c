import type { RecordElement } from '../../voice/document.ts';
import type { ElementDefinition, ElementReader } from './element.ts';
import { LONGEST_CALL_S } from './limits.ts';
import { transcriptionOf } from './transcription.ts';

/** Records the call (voice-xml.md §6.8). In the background neither silence nor keys end it, and nothing beeps. */
export const record: ElementDefinition<RecordElement> = {
  name: 'Record',
  read(element) {
    element.text();
    const mode = modeOf(element);
    const prompted = mode === 'prompted';
    return {
      element: 'Record',
      action: element.target('action', 'method'),
      redirect: element.boolean('redirect', true),
      fileFormat: element.choice('fileFormat', ['mp3', 'wav'], 'mp3'),
      timeoutMs: element.seconds('timeout', { initial: 15, min: 1, max: LONGEST_CALL_S }),
      maxLengthMs: element.seconds('maxLength', { initial: 60, min: 1, max: LONGEST_CALL_S }),
      playBeep: prompted && element.boolean('playBeep', true),
      finishOnKey: prompted ? element.finishOnKey() : '',
      mode,
      channels: element.choice('recordChannelType', ['mono', 'stereo'], 'stereo'),
      callback: element.target('callbackUrl', 'callbackMethod'),
      transcription: transcriptionOf(element),
    };
  },
};

/** With both, the recording begins with the answer of the Dial and holds the rest of the call (voice-xml.md §14, 8). */
function modeOf(element: ElementReader): RecordElement['mode'] {
  if (element.boolean('startOnDialAnswer', false)) return 'dial-answer';
  return element.boolean('recordSession', false) ? 'session' : 'prompted';
}
