/** The customer's side of many calls: answers with documents, serves the audio file, and remembers the calls it heard of. */
import { createServer } from 'node:http';

export interface CallApp {
  /** Plays a file until the caller hangs up. */
  readonly playUrl: string;
  /** Calls that asked for a document since the last time this was asked. */
  takeCalls(): readonly string[];
  stop(): Promise<void>;
}

const SAMPLE_RATE = 8_000;
const FILE_SECONDS = 10;
const TONE_HZ = 440;

export async function startCallApp(): Promise<CallApp> {
  const file = toneFile();
  let calls: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === '/tone.wav') {
      response.writeHead(200, { 'content-type': 'audio/wav', 'cache-control': 'max-age=3600' }).end(file);
      return;
    }
    let body = '';
    request.setEncoding('latin1');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const form = new URLSearchParams(body);
      const callId = form.get('CallUUID');
      if (callId !== null && form.get('Event') === 'StartApp') calls.push(callId);
      const document = `<Response><Play loop="0">${origin}/tone.wav</Play></Response>`;
      response.writeHead(200, { 'content-type': 'application/xml' }).end(document);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the application has no port');
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    playUrl: `${origin}/play`,
    takeCalls: () => {
      const taken = calls;
      calls = [];
      return taken;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** RIFF WAVE, 16 bit, one channel. */
function toneFile(): Buffer {
  const samples = SAMPLE_RATE * FILE_SECONDS;
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(SAMPLE_RATE, 24);
  file.writeUInt32LE(SAMPLE_RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples * 2, 40);
  for (let at = 0; at < samples; at++) {
    file.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * TONE_HZ * at) / SAMPLE_RATE)), 44 + at * 2);
  }
  return file;
}
