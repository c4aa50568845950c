import type { MultiPartySettings } from './multiparty-plan.ts';

/**
 * What holds when participants ask for different things (multiparty-calls.md §10 leaves it open, docs/decisions/resources.md): limits are those of
 * whoever made the multiparty call, a URL is that of the first who gives one, and a recording is made as soon as one asks for it.
 */
export function mergedSettings(present: MultiPartySettings, later: MultiPartySettings): MultiPartySettings {
  const record = present.record ? present : later;
  const status = present.statusCallback ? present : later;
  return {
    ...present,
    waitMusic: present.waitMusic ?? later.waitMusic,
    agentHoldMusic: present.agentHoldMusic ?? later.agentHoldMusic,
    customerHoldMusic: present.customerHoldMusic ?? later.customerHoldMusic,
    startRecordingAudio: present.startRecordingAudio ?? later.startRecordingAudio,
    stopRecordingAudio: present.stopRecordingAudio ?? later.stopRecordingAudio,
    record: record.record,
    recordMinMembers: record.recordMinMembers,
    recordFormat: record.recordFormat,
    recordCoachVoice: present.recordCoachVoice && later.recordCoachVoice,
    recordingCallback: present.recordingCallback ?? later.recordingCallback,
    transcription: present.transcription ?? later.transcription,
    statusCallback: status.statusCallback,
    statusEvents: status.statusEvents,
  };
}
