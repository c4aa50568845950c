import { createAccessToken } from './access-tokens/create-token.ts';
import { getAccount } from './account/get-account.ts';
import { updateAccount } from './account/update-account.ts';
import { createApplication } from './applications/create-application.ts';
import { deleteApplication } from './applications/delete-application.ts';
import { getApplication } from './applications/get-application.ts';
import { listApplications } from './applications/list-applications.ts';
import { updateApplication } from './applications/update-application.ts';
import { giveFeedback } from './call-feedback/give-feedback.ts';
import { cancelRequest } from './calls/cancel-request.ts';
import { getCall } from './calls/get-call.ts';
import { hangUpAllCalls } from './calls/hang-up-all-calls.ts';
import { hangUpCall } from './calls/hang-up-call.ts';
import { listCalls } from './calls/list-calls.ts';
import { makeCall } from './calls/make-call.ts';
import { playAudio } from './calls/play-audio.ts';
import { recordCall } from './calls/record-call.ts';
import { sendDigits } from './calls/send-digits.ts';
import { speakText } from './calls/speak-text.ts';
import { stopAudio } from './calls/stop-audio.ts';
import { stopRecordingCall } from './calls/stop-recording-call.ts';
import { stopSpeech } from './calls/stop-speech.ts';
import { transferCall } from './calls/transfer-call.ts';
import type { AnyCommand } from './command.ts';
import { complianceCommands } from './compliance-commands.ts';
import { deafenMember } from './conferences/deafen-member.ts';
import { getConference } from './conferences/get-conference.ts';
import { hangUpAllConferences } from './conferences/hang-up-all-conferences.ts';
import { hangUpConference } from './conferences/hang-up-conference.ts';
import { hangUpMember } from './conferences/hang-up-member.ts';
import { kickMember } from './conferences/kick-member.ts';
import { listConferences } from './conferences/list-conferences.ts';
import { muteMember } from './conferences/mute-member.ts';
import { playConferenceAudio } from './conferences/play-conference-audio.ts';
import { recordConference } from './conferences/record-conference.ts';
import { speakConferenceText } from './conferences/speak-conference-text.ts';
import { stopConferenceAudio } from './conferences/stop-conference-audio.ts';
import { stopConferenceSpeech } from './conferences/stop-conference-speech.ts';
import { stopRecordingConference } from './conferences/stop-recording-conference.ts';
import { undeafenMember } from './conferences/undeafen-member.ts';
import { unmuteMember } from './conferences/unmute-member.ts';
import { createEndpoint } from './endpoints/create-endpoint.ts';
import { deleteEndpoint } from './endpoints/delete-endpoint.ts';
import { getEndpoint } from './endpoints/get-endpoint.ts';
import { listEndpoints } from './endpoints/list-endpoints.ts';
import { updateEndpoint } from './endpoints/update-endpoint.ts';
import { createIncomingCarrier } from './incoming-carriers/create-incoming-carrier.ts';
import { deleteIncomingCarrier } from './incoming-carriers/delete-incoming-carrier.ts';
import { getIncomingCarrier } from './incoming-carriers/get-incoming-carrier.ts';
import { listIncomingCarriers } from './incoming-carriers/list-incoming-carriers.ts';
import { updateIncomingCarrier } from './incoming-carriers/update-incoming-carrier.ts';
import { lookUpNumber } from './lookup/look-up-number.ts';
import { createMaskingSession } from './masking-sessions/create-session.ts';
import { deleteMaskingSession } from './masking-sessions/delete-session.ts';
import { getMaskingSession } from './masking-sessions/get-session.ts';
import { listMaskingSessions } from './masking-sessions/list-sessions.ts';
import { updateMaskingSession } from './masking-sessions/update-session.ts';
import { deleteMedia } from './media/delete-media.ts';
import { getMedia } from './media/get-media.ts';
import { listMedia } from './media/list-media.ts';
import { uploadMedia } from './media/upload-media.ts';
import { deleteMessageMedia } from './messages/delete-message-media.ts';
import { getMessage } from './messages/get-message.ts';
import { getMessageMedia } from './messages/get-message-media.ts';
import { listMessageMedia } from './messages/list-message-media.ts';
import { listMessages } from './messages/list-messages.ts';
import { reportConversion } from './messages/report-conversion.ts';
import { sendMessage } from './messages/send-message.ts';
import { addParticipant } from './multiparty-calls/add-participant.ts';
import { endMultiPartyCall } from './multiparty-calls/end-multiparty-call.ts';
import { getMultiPartyCall } from './multiparty-calls/get-multiparty-call.ts';
import { getParticipant } from './multiparty-calls/get-participant.ts';
import { kickParticipant } from './multiparty-calls/kick-participant.ts';
import { listMultiPartyCalls } from './multiparty-calls/list-multiparty-calls.ts';
import { listParticipants } from './multiparty-calls/list-participants.ts';
import { pauseRecordingMultiPartyCall } from './multiparty-calls/pause-recording-multiparty-call.ts';
import { pauseRecordingParticipant } from './multiparty-calls/pause-recording-participant.ts';
import { playToMember } from './multiparty-calls/play-to-member.ts';
import { recordMultiPartyCall } from './multiparty-calls/record-multiparty-call.ts';
import { recordParticipant } from './multiparty-calls/record-participant.ts';
import { resumeRecordingMultiPartyCall } from './multiparty-calls/resume-recording-multiparty-call.ts';
import { resumeRecordingParticipant } from './multiparty-calls/resume-recording-participant.ts';
import { speakToMember } from './multiparty-calls/speak-to-member.ts';
import { startMultiPartyCall } from './multiparty-calls/start-multiparty-call.ts';
import { stopPlayingToMember } from './multiparty-calls/stop-playing-to-member.ts';
import { stopRecordingMultiPartyCall } from './multiparty-calls/stop-recording-multiparty-call.ts';
import { stopRecordingParticipant } from './multiparty-calls/stop-recording-participant.ts';
import { stopSpeakingToMember } from './multiparty-calls/stop-speaking-to-member.ts';
import { updateParticipant } from './multiparty-calls/update-participant.ts';
import { addPoolNumber } from './number-pools/add-pool-number.ts';
import { addPoolTollfree } from './number-pools/add-pool-tollfree.ts';
import { getNumberPool } from './number-pools/get-number-pool.ts';
import { getPoolNumber } from './number-pools/get-pool-number.ts';
import { getPoolShortcode } from './number-pools/get-pool-shortcode.ts';
import { getPoolTollfree } from './number-pools/get-pool-tollfree.ts';
import { listPoolNumbers } from './number-pools/list-pool-numbers.ts';
import { listPoolShortcodes } from './number-pools/list-pool-shortcodes.ts';
import { listPoolTollfree } from './number-pools/list-pool-tollfree.ts';
import { removePoolNumber } from './number-pools/remove-pool-number.ts';
import { removePoolShortcode } from './number-pools/remove-pool-shortcode.ts';
import { removePoolTollfree } from './number-pools/remove-pool-tollfree.ts';
import { addNumbers } from './numbers/add-numbers.ts';
import { deleteNumber } from './numbers/delete-number.ts';
import { getNumber } from './numbers/get-number.ts';
import { listNumbers } from './numbers/list-numbers.ts';
import { updateNumber } from './numbers/update-number.ts';
import { getPhlo } from './phlo/get-phlo.ts';
import { getPhloNode } from './phlo/get-phlo-node.ts';
import { getPhloRun } from './phlo/get-phlo-run.ts';
import { runPhlo } from './phlo/run-phlo.ts';
import { updatePhloMember } from './phlo/update-phlo-member.ts';
import { updatePhloNode } from './phlo/update-phlo-node.ts';
import { buyPhoneNumber } from './phone-numbers/buy-phone-number.ts';
import { searchPhoneNumbers } from './phone-numbers/search-phone-numbers.ts';
import { createPowerpack } from './powerpacks/create-powerpack.ts';
import { deletePowerpack } from './powerpacks/delete-powerpack.ts';
import { getPowerpack } from './powerpacks/get-powerpack.ts';
import { listPowerpacks } from './powerpacks/list-powerpacks.ts';
import { updatePowerpack } from './powerpacks/update-powerpack.ts';
import { getPricing } from './pricing/get-pricing.ts';
import { deleteRecording } from './recordings/delete-recording.ts';
import { getRecording } from './recordings/get-recording.ts';
import { listRecordings } from './recordings/list-recordings.ts';
import { getStream } from './streams/get-stream.ts';
import { listStreams } from './streams/list-streams.ts';
import { startStream } from './streams/start-stream.ts';
import { stopAllStreams } from './streams/stop-all-streams.ts';
import { stopStream } from './streams/stop-stream.ts';
import { createSubaccount } from './subaccounts/create-subaccount.ts';
import { deleteSubaccount } from './subaccounts/delete-subaccount.ts';
import { getSubaccount } from './subaccounts/get-subaccount.ts';
import { listSubaccounts } from './subaccounts/list-subaccounts.ts';
import { updateSubaccount } from './subaccounts/update-subaccount.ts';
import { createTranscription } from './transcriptions/create-transcription.ts';
import { deleteTranscription } from './transcriptions/delete-transcription.ts';
import { getTranscription } from './transcriptions/get-transcription.ts';
import { confirmCallerId } from './verified-caller-ids/confirm-caller-id.ts';
import { deleteVerifiedCallerId } from './verified-caller-ids/delete-verified-caller-id.ts';
import { getVerifiedCallerId } from './verified-caller-ids/get-verified-caller-id.ts';
import { listVerifiedCallerIds } from './verified-caller-ids/list-verified-caller-ids.ts';
import { updateVerifiedCallerId } from './verified-caller-ids/update-verified-caller-id.ts';
import { verifyCallerId } from './verified-caller-ids/verify-caller-id.ts';
import { createVerifySession } from './verify-sessions/create-session.ts';
import { getVerifySession } from './verify-sessions/get-session.ts';
import { listVerifySessions } from './verify-sessions/list-sessions.ts';
import { validateVerifySession } from './verify-sessions/validate-session.ts';
import { zentrunkCommands } from './zentrunk-commands.ts';

/** Every request of the API that this server answers. A new command is its own file and one line here. */
export const commands: readonly AnyCommand[] = [
  getAccount,
  updateAccount,
  createSubaccount,
  listSubaccounts,
  getSubaccount,
  updateSubaccount,
  deleteSubaccount,
  createApplication,
  listApplications,
  getApplication,
  updateApplication,
  deleteApplication,
  searchPhoneNumbers,
  buyPhoneNumber,
  listNumbers,
  getNumber,
  updateNumber,
  addNumbers,
  deleteNumber,
  createIncomingCarrier,
  listIncomingCarriers,
  getIncomingCarrier,
  updateIncomingCarrier,
  deleteIncomingCarrier,
  getMessage,
  sendMessage,
  listMessages,
  listMessageMedia,
  getMessageMedia,
  deleteMessageMedia,
  reportConversion,
  uploadMedia,
  getMedia,
  listMedia,
  deleteMedia,
  createPowerpack,
  listPowerpacks,
  getPowerpack,
  updatePowerpack,
  deletePowerpack,
  getNumberPool,
  listPoolNumbers,
  getPoolNumber,
  addPoolNumber,
  removePoolNumber,
  listPoolShortcodes,
  getPoolShortcode,
  removePoolShortcode,
  listPoolTollfree,
  getPoolTollfree,
  addPoolTollfree,
  removePoolTollfree,
  getPricing,
  lookUpNumber,
  makeCall,
  listCalls,
  hangUpAllCalls,
  getCall,
  transferCall,
  hangUpCall,
  cancelRequest,
  playAudio,
  stopAudio,
  speakText,
  stopSpeech,
  sendDigits,
  recordCall,
  stopRecordingCall,
  startStream,
  listStreams,
  getStream,
  stopStream,
  stopAllStreams,
  giveFeedback,
  listRecordings,
  getRecording,
  deleteRecording,
  createTranscription,
  getTranscription,
  deleteTranscription,
  listConferences,
  getConference,
  hangUpConference,
  hangUpAllConferences,
  hangUpMember,
  kickMember,
  muteMember,
  unmuteMember,
  deafenMember,
  undeafenMember,
  playConferenceAudio,
  stopConferenceAudio,
  speakConferenceText,
  stopConferenceSpeech,
  recordConference,
  stopRecordingConference,
  listMultiPartyCalls,
  getMultiPartyCall,
  startMultiPartyCall,
  endMultiPartyCall,
  addParticipant,
  listParticipants,
  getParticipant,
  updateParticipant,
  kickParticipant,
  recordMultiPartyCall,
  stopRecordingMultiPartyCall,
  pauseRecordingMultiPartyCall,
  resumeRecordingMultiPartyCall,
  recordParticipant,
  stopRecordingParticipant,
  pauseRecordingParticipant,
  resumeRecordingParticipant,
  playToMember,
  stopPlayingToMember,
  speakToMember,
  stopSpeakingToMember,
  createAccessToken,
  createEndpoint,
  listEndpoints,
  getEndpoint,
  updateEndpoint,
  deleteEndpoint,
  verifyCallerId,
  listVerifiedCallerIds,
  confirmCallerId,
  getVerifiedCallerId,
  updateVerifiedCallerId,
  deleteVerifiedCallerId,
  createVerifySession,
  listVerifySessions,
  validateVerifySession,
  getVerifySession,
  createMaskingSession,
  listMaskingSessions,
  getMaskingSession,
  updateMaskingSession,
  deleteMaskingSession,
  runPhlo,
  getPhlo,
  getPhloRun,
  getPhloNode,
  updatePhloNode,
  updatePhloMember,
  ...zentrunkCommands,
  ...complianceCommands,
];
