/* A page that an application could have: the Browser SDK with its events kept, and what is heard measured. */
const options = JSON.parse(new URLSearchParams(location.search).get('options') ?? '{}');
const EVENTS = [
  'onWebrtcNotSupported',
  'onLogin',
  'onLogout',
  'onLoginFailed',
  'onConnectionChange',
  'onPermissionDenied',
  'onCalling',
  'onCallRemoteRinging',
  'onCallConnected',
  'onCallAnswered',
  'onMediaConnected',
  'onCallTerminated',
  'onCallFailed',
  'onMediaPermission',
  'onIncomingCall',
  'onIncomingCallCanceled',
  'onDtmfReceived',
  'remoteAudioStatus',
];

const events = [];
const simple = (value) => {
  if (value instanceof Map) return Object.fromEntries(value);
  try {
    return JSON.parse(JSON.stringify(value ?? null));
  } catch {
    return String(value);
  }
};

/* The tones of the SDK are fetched from a host that tests do not reach, and would only be in the way of what is measured. */
const { client } = new window.Plivo({ debug: 'WARN', permOnClick: false, enableTracking: false, ...options });
client.setRingTone(false);
client.setRingToneBack(false);
client.setConnectTone(false);
for (const name of EVENTS) client.on(name, (...args) => events.push({ name, args: args.map(simple) }));

let meter;

/** What the far end is heard to say: the strongest frequency and its level in dB. */
const listen = async () => {
  const element = document.getElementById('plivo_webrtc_remoteview');
  const stream = element?.srcObject;
  if (!stream) return undefined;
  if (meter?.stream !== stream) {
    const context = new AudioContext();
    await context.resume();
    const analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(stream).connect(analyser);
    meter = { stream, context, analyser, bins: new Float32Array(analyser.frequencyBinCount) };
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const { analyser, bins, context } = meter;
  analyser.getFloatFrequencyData(bins);
  let best = 1;
  for (let bin = 1; bin < bins.length; bin++) if (bins[bin] > bins[best]) best = bin;
  return { hz: (best * context.sampleRate) / analyser.fftSize, db: Math.max(bins[best], -200) };
};

window.phone = { client, events, listen };
