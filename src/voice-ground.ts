import path from 'node:path';
import { ChargeJournal } from './billing/charge-journal.ts';
import { type Environment, isLoopback } from './config/environment.ts';
import { createMediaEngine } from './media/engine.ts';
import type { Clock } from './runtime/clock.ts';
import type { Log } from './runtime/log.ts';
import { systemNetwork } from './sip/system-network.ts';
import { openSpeechFiles } from './speech/speech-files.ts';
import { loadTlsIdentity } from './voice/sip/tls-identity.ts';
import type { VoiceGround } from './voice-composition.ts';

/** Some nine hours of speech. */
const MAX_SPEECH_BYTES = 1024 * 1024 * 1024;

/** What calls stand on in this process: real sockets and threads as the environment says. */
export async function voiceGround(environment: Environment, clock: Clock, log: Log): Promise<VoiceGround> {
  const { bind, sipPort, rtpPorts, publicIp, dataDir, sipTls } = environment;
  const tls = await loadTlsIdentity({
    certFile: sipTls?.certFile,
    keyFile: sipTls?.keyFile,
    dataDir,
    name: publicIp,
    now: clock.now(),
  });
  const speechFiles = await openSpeechFiles({
    directory: path.join(dataDir, 'speech'),
    maxBytes: MAX_SPEECH_BYTES,
    now: () => clock.now(),
  }).catch((error: unknown) => {
    log.warn({ err: error }, 'synthesised speech is not kept on disk');
    return undefined;
  });
  return {
    network: systemNetwork,
    listen: [
      { transport: 'udp', host: bind, port: sipPort },
      { transport: 'tcp', host: bind, port: sipPort },
      { transport: 'tls', host: bind, port: sipPort === 0 ? 0 : sipPort + 1, tls },
    ],
    publicIp,
    trustLoopback: isLoopback(bind),
    speechFiles,
    chargeJournal: await ChargeJournal.open(path.join(dataDir, 'charges.jsonl'), log),
    createMedia: (onFault) =>
      createMediaEngine({ clock, bindAddress: bind, ports: { from: rtpPorts.first, to: rtpPorts.last }, onFault }),
    // Their audio runs over the same engine, which one address alone may be bound for.
    phoneAddress: bind === '0.0.0.0' || bind === '::' ? '127.0.0.1' : bind,
  };
}
