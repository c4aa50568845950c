import type { Transcription } from '../../voice/document.ts';
import type { ElementReader } from './element.ts';

/** What Record and Conference say of transcribing their recording (voice-xml.md §6.8, §6.13); all types are done the same way. */
export function transcriptionOf(element: ElementReader): Transcription | undefined {
  const type = element.choice('transcriptionType', ['auto', 'hybrid', 'manual'], undefined);
  if (type === undefined) return undefined;
  return {
    type,
    url: element.target('transcriptionUrl', 'transcriptionMethod'),
    reportType: element.choice('transcriptionReportType', ['compact', 'full'], 'compact'),
  };
}
