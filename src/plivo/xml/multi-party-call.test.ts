import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import plivo from 'plivo';
import { XmlError } from './document.ts';
import { parseVoiceDocument } from './voice-document.ts';

/** A multiparty call with these attributes, and the notes about it. */
function read(attributes: string, name = 'party') {
  return first(`<Response><MultiPartyCall ${attributes}>${name}</MultiPartyCall></Response>`);
}

function first(xml: string) {
  const { elements, notes } = parseVoiceDocument(xml);
  const [element] = elements;
  assert.ok(element?.element === 'MultiPartyCall');
  return { ...element, notes };
}

function refused(xml: string, reason: RegExp): void {
  assert.throws(
    () => parseVoiceDocument(`<Response>${xml}</Response>`),
    (error) => error instanceof XmlError && reason.test(error.message),
  );
}

const url = (path: string, method: string) => ({ url: `https://a.example/${path}`, method });

describe('MultiPartyCall', () => {
  it('has the defaults of the language', () => {
    const { participant, settings, notes, name } = read('role="Agent"', ' support 42 ');
    assert.deepEqual(notes, []);
    assert.equal(name, 'support 42');
    assert.deepEqual(participant, {
      role: 'agent',
      stayAlone: false,
      coach: false,
      mute: false,
      hold: false,
      startOnEnter: true,
      endOnExit: false,
      enterSound: { kind: 'beeps', count: 1 },
      exitSound: { kind: 'beeps', count: 2 },
      onExit: undefined,
      relayDigits: false,
      recordTrack: false,
      waitTimeMs: undefined,
      agentStream: undefined,
    });
    assert.deepEqual(settings, {
      maxDurationMs: 14_400_000,
      maxParticipants: 10,
      waitMusic: undefined,
      agentHoldMusic: undefined,
      customerHoldMusic: undefined,
      record: false,
      recordMinMembers: 1,
      recordFormat: 'mp3',
      recordCoachVoice: true,
      recordingCallback: undefined,
      startRecordingAudio: undefined,
      stopRecordingAudio: undefined,
      transcription: undefined,
      statusCallback: undefined,
      statusEvents: ['mpc-state-changes', 'participant-state-changes'],
      waitForAgent: false,
    });
  });

  it('reads every attribute', () => {
    const attributes = `role="SUPERVISOR" maxDuration="300" maxParticipants="2" recordMinMemberCount="2"
      waitMusicUrl="https://a.example/wait" waitMusicMethod="POST" waitTime="30" agentHoldMusicUrl="https://a.example/agent"
      customerHoldMusicUrl="https://a.example/customer" customerHoldMusicMethod="post" record="true" recordFileFormat="wav"
      recordParticipantTrack="true" recordCoachVoice="false" recordingCallbackUrl="https://a.example/rec"
      recordingCallbackMethod="GET" statusCallbackUrl="https://a.example/status" statusCallbackMethod="GET"
      statusCallbackEvents="participant-speak-events, MPC-state-changes" stayAlone="true" coachMode="true" mute="true" hold="true"
      startMpcOnEnter="false" endMpcOnExit="true" enterSound="beep:2" exitSound="https://a.example/bye" exitSoundMethod="POST"
      onExitActionUrl="https://a.example/exit" onExitActionMethod="GET" relayDTMFInputs="true"
      startRecordingAudio="https://a.example/start" stopRecordingAudio="https://a.example/stop" stopRecordingAudioMethod="POST"
      transcript="true" transcriptionUrl="https://a.example/text" waitForAgent="true"`;
    const { participant, settings, notes } = read(attributes);
    assert.deepEqual(notes, []);
    assert.deepEqual(participant, {
      role: 'supervisor',
      stayAlone: true,
      coach: true,
      mute: true,
      hold: true,
      startOnEnter: false,
      endOnExit: true,
      enterSound: { kind: 'beeps', count: 2 },
      exitSound: { kind: 'document', target: url('bye', 'POST') },
      onExit: url('exit', 'GET'),
      relayDigits: true,
      recordTrack: true,
      waitTimeMs: 30_000,
      agentStream: undefined,
    });
    assert.deepEqual(settings, {
      maxDurationMs: 300_000,
      maxParticipants: 2,
      waitMusic: url('wait', 'POST'),
      agentHoldMusic: url('agent', 'GET'),
      customerHoldMusic: url('customer', 'POST'),
      record: true,
      recordMinMembers: 2,
      recordFormat: 'wav',
      recordCoachVoice: false,
      recordingCallback: url('rec', 'GET'),
      startRecordingAudio: url('start', 'GET'),
      stopRecordingAudio: url('stop', 'POST'),
      transcription: { url: 'https://a.example/text' },
      statusCallback: url('status', 'GET'),
      statusEvents: ['participant-speak-events', 'mpc-state-changes'],
      waitForAgent: true,
    });
  });

  it('is silent where a sound is none, and has bounds', () => {
    const party = read(
      'role="customer" enterSound="none" exitSound="none" maxDuration="100" maxParticipants="50" recordMinMemberCount="3" statusCallbackEvents="all"',
    );
    assert.deepEqual([party.participant.enterSound, party.participant.exitSound], [undefined, undefined]);
    const { maxDurationMs, maxParticipants, recordMinMembers, statusEvents } = party.settings;
    assert.deepEqual([maxDurationMs, maxParticipants, recordMinMembers, statusEvents], [300_000, 10, 2, []]);
    assert.equal(party.notes.length, 4);
    assert.equal(read('role="ai-agent" coachMode="true"').participant.coach, false);
  });

  it('needs a name and a known role', () => {
    refused('<MultiPartyCall role="agent"> </MultiPartyCall>', /needs the name/);
    refused('<MultiPartyCall>x</MultiPartyCall>', /needs the attribute role/);
    refused('<MultiPartyCall role="owner">x</MultiPartyCall>', /none of agent/);
    refused(`<MultiPartyCall role="agent">${'x'.repeat(256)}</MultiPartyCall>`, /more than 255/);
  });

  it('streams to the application of an AI agent, and of nobody else', () => {
    const plain = read('role="ai-agent" aiAgentStreamServiceUrl="wss://bot.example/ws?room=7"');
    assert.deepEqual([plain.notes, plain.participant.role], [[], 'ai-agent']);
    assert.deepEqual(plain.participant.agentStream, {
      url: 'wss://bot.example/ws?room=7',
      bidirectional: true,
      track: 'inbound',
      timeoutMs: 86_400_000,
      encoding: 'l16',
      sampleRate: 8_000,
      extraHeaders: '',
      statusCallback: undefined,
      noiseLevel: undefined,
      keepCallAlive: false,
    });
    const all = read(
      `role="AI-Agent" aiAgentStreamServiceUrl="ws://bot.example/" aiAgentStreamContentType="audio/x-l16"
        aiAgentStreamSamplingRate="24000" aiAgentStreamExtraHeaders="user=42,a_b=1"
        aiAgentStreamStatusCallbackUrl="https://a.example/stream" aiAgentStreamStatusCallbackMethod="get"`,
    ).participant.agentStream;
    assert.deepEqual(
      [all?.encoding, all?.sampleRate, all?.extraHeaders, all?.statusCallback],
      ['l16', 24_000, 'user=42,a_b=1', url('stream', 'GET')],
    );
    const rated = 'role="ai-agent" aiAgentStreamServiceUrl="ws://bot.example/" aiAgentStreamSamplingRate="16000"';
    assert.equal(read(rated).participant.agentStream?.sampleRate, 16_000);
    const mulaw = read(`${rated} aiAgentStreamContentType="audio/x-mulaw;rate=8000"`).participant.agentStream;
    assert.deepEqual([mulaw?.encoding, mulaw?.sampleRate], ['mulaw', 8_000]);
    const other = read('role="agent" aiAgentStreamServiceUrl="wss://bot.example/"');
    assert.deepEqual([other.participant.agentStream, other.notes.length], [undefined, 1]);
    for (const wrong of [
      'aiAgentStreamServiceUrl="https://bot.example/"',
      `aiAgentStreamServiceUrl="wss://bot.example/${'x'.repeat(2_048)}"`,
      'aiAgentStreamServiceUrl="wss://bot.example/" aiAgentStreamContentType="audio/opus"',
      'aiAgentStreamServiceUrl="wss://bot.example/" aiAgentStreamContentType="audio/x-mulaw" aiAgentStreamSamplingRate="16000"',
      `aiAgentStreamServiceUrl="wss://bot.example/" aiAgentStreamExtraHeaders="${'x'.repeat(513)}"`,
      'aiAgentStreamServiceUrl="wss://b.example/" aiAgentStreamStatusCallbackUrl="https://a.example/" aiAgentStreamStatusCallbackMethod="PUT"',
    ]) {
      refused(`<MultiPartyCall role="ai-agent" ${wrong}>x</MultiPartyCall>`, /aiAgentStream|AI agent/);
    }
  });

  it('is read as Go, Java and Node write it', () => {
    const go = read(
      'role="Agent" relayDtmfInputs="true" StartRecordingAudio="https://a.example/s" StartRecordingAudioMethod="POST" StopRecordingAudio="https://a.example/t" StopRecordingAudioMethod="GET"',
    );
    assert.equal(go.participant.relayDigits, true);
    assert.deepEqual([go.settings.startRecordingAudio, go.settings.stopRecordingAudio], [url('s', 'POST'), url('t', 'GET')]);
    const response = plivo.Response();
    response.addMultiPartyCall('support 42', {
      role: 'Supervisor',
      maxDuration: 600,
      statusCallbackUrl: 'https://app.example.com/status',
      statusCallbackEvents: 'participant-state-changes, participant-digit-input-events',
      relayDTMFInputs: true,
    });
    const node = first(response.toXML());
    assert.deepEqual(
      [node.name, node.participant.role, node.participant.coach, node.participant.relayDigits, node.settings.maxDurationMs],
      ['support 42', 'supervisor', true, true, 600_000],
    );
    assert.deepEqual(node.settings.statusEvents, ['participant-state-changes', 'participant-digit-input-events']);
    assert.deepEqual(node.settings.statusCallback, { url: 'https://app.example.com/status', method: 'POST' });
  });
});
