import { type EspeakReply, type EspeakTask, FrameReader, writeReply } from './espeak-frames.ts';
import { MAX_SPEECH_SECONDS } from './synthesizer.ts';

/**
 * The program of the espeak-ng process: the only place that loads the engine, whose licence (GPL-3.0) is not that of this project,
 * and which the project works without. Takes tasks on standard input until that ends; one at a time.
 */

/** Not a literal in the import: the package is optional and has no types. */
const PACKAGE: string = '@echogarden/espeak-ng-emscripten';
/** Samples below this are silence: espeak-ng's pauses are exact zeros with a trace of noise. */
const SILENCE = 24;
/** Pauses that the engine puts around a text are no longer; more silence than that was asked for (`volume="silent"`). */
const MAX_TRIM_MS = 800;
const TONE_HZ = 1_000;
/** About as loud as the speech around it. */
const TONE_AMPLITUDE = 6_000;
const TONE_RAMP_MS = 5;

/** The part of the engine that is used. Its methods answer with numbers, 0 = success. */
interface Engine {
  set_voice(name: string): unknown;
  get_samplerate(): number;
  /** Calls back with pieces of audio; stops when that returns true. */
  synthesize(text: string, take: (samples: Int16Array | null) => boolean): void;
}

function isEngine(value: unknown): value is Engine {
  return (
    typeof value === 'object' && value !== null && 'set_voice' in value && 'get_samplerate' in value && 'synthesize' in value
  );
}

async function loadEngine(): Promise<Engine> {
  const loaded: unknown = await import(PACKAGE);
  if (typeof loaded !== 'object' || loaded === null || !('default' in loaded) || typeof loaded.default !== 'function') {
    throw new Error(`${PACKAGE} is not the package that was expected`);
  }
  // Standard output is for frames: what the engine prints goes to standard error.
  const printErr = (text: unknown) => process.stderr.write(`${String(text)}\n`);
  const module: unknown = await loaded.default({ print: printErr, printErr });
  if (typeof module !== 'object' || module === null || !('eSpeakNGWorker' in module)) {
    throw new Error(`${PACKAGE} has no worker`);
  }
  const { eSpeakNGWorker: Worker } = module;
  if (typeof Worker !== 'function') throw new Error(`${PACKAGE} has no worker`);
  const engine: unknown = Reflect.construct(Worker, []);
  if (!isEngine(engine)) throw new Error(`${PACKAGE} cannot synthesize`);
  return engine;
}

function perform(engine: Engine, { pieces }: EspeakTask): { readonly sampleRate: number; readonly pcm: Int16Array } {
  const sampleRate = engine.get_samplerate();
  const most = sampleRate * MAX_SPEECH_SECONDS;
  const parts: Int16Array[] = [];
  let length = 0;
  for (const piece of pieces) {
    const part =
      piece.kind === 'speech'
        ? speak(engine, piece.voice, piece.markup, sampleRate, most - length)
        : new Int16Array(Math.min(most + 1, Math.round((piece.ms * sampleRate) / 1000)));
    if (piece.kind === 'tone') fillTone(part, sampleRate);
    length += part.length;
    if (length > most) throw new Error(`the text makes more than ${MAX_SPEECH_SECONDS} s of audio`);
    parts.push(part);
  }
  const pcm = new Int16Array(length);
  let at = 0;
  for (const part of parts) {
    pcm.set(part, at);
    at += part.length;
  }
  return { sampleRate, pcm };
}

function speak(engine: Engine, voice: string, markup: string, sampleRate: number, most: number): Int16Array {
  if (engine.set_voice(voice)) throw new Error(`there is no voice ${voice}`);
  const chunks: Int16Array[] = [];
  let length = 0;
  // The element around the text makes the engine write out its last buffer up to the end of the text and no further.
  engine.synthesize(`<speak>${markup}</speak>`, (samples) => {
    if (samples === null) return false;
    chunks.push(samples);
    length += samples.length;
    return length > most;
  });
  const whole = new Int16Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return trim(whole, Math.round((MAX_TRIM_MS * sampleRate) / 1000));
}

function trim(pcm: Int16Array, most: number): Int16Array {
  const isSilent = (index: number) => Math.abs(pcm[index] ?? 0) < SILENCE;
  let start = 0;
  while (start < pcm.length && start < most && isSilent(start)) start++;
  let end = pcm.length;
  while (end > start && end > pcm.length - most && isSilent(end - 1)) end--;
  return pcm.subarray(start, end);
}

function fillTone(pcm: Int16Array, sampleRate: number): void {
  const ramp = (TONE_RAMP_MS * sampleRate) / 1000;
  for (let index = 0; index < pcm.length; index++) {
    const gain = Math.min(1, index / ramp, (pcm.length - index) / ramp);
    pcm[index] = Math.round(gain * TONE_AMPLITUDE * Math.sin((2 * Math.PI * TONE_HZ * index) / sampleRate));
  }
}

const send = (reply: EspeakReply) => process.stdout.write(writeReply(reply));
const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function isTask(value: unknown): value is EspeakTask {
  return typeof value === 'object' && value !== null && 'id' in value && 'pieces' in value && Array.isArray(value.pieces);
}

try {
  const engine = await loadEngine();
  const reader = new FrameReader();
  process.stdin.on('data', (chunk: Buffer) => {
    for (const body of reader.push(chunk)) {
      const task: unknown = JSON.parse(body.toString());
      if (!isTask(task)) continue;
      try {
        send({ kind: 'audio', id: task.id, ...perform(engine, task) });
      } catch (error) {
        send({ kind: 'failed', id: task.id, reason: reasonOf(error) });
      }
    }
  });
  process.stdin.on('end', () => process.exit(0));
  send({ kind: 'ready' });
} catch (error) {
  process.stdout.write(writeReply({ kind: 'unusable', reason: reasonOf(error) }), () => process.exit(1));
}
