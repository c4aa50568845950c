import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../runtime/clock.ts';
import {
  type RecognisedSpeech,
  type Recogniser,
  type Recognition,
  RecognitionError,
  type RecognitionRequest,
} from './recogniser.ts';
import { wavOf } from './wav-utterance.ts';
import { wholeUtterance } from './whole-utterance.ts';

/**
 * Any program that reads a WAV file and prints what was said: one process an utterance. What it prints is the text, or a JSON object
 * with `text` and `confidence` (0-1). Language, hints (one a line), model and profanity filter are in its environment.
 */
export interface CommandRecogniserOptions {
  readonly clock: Clock;
  /** Program and arguments. The argument `{file}` becomes the name of the WAV file; without one the file comes on standard input. */
  readonly run: readonly string[];
  /** Processes at once. */
  readonly processes: number;
  /** One of them, milliseconds. */
  readonly timeoutMs: number;
}

const FILE = '{file}';
/** Utterances that wait for a process, each for its result's time at most. */
const MAX_WAITING = 32;
/** What two minutes of speech can be, many times over. */
const MAX_OUTPUT_BYTES = 256 * 1024;
/** Of what it prints on standard error, for the reason of a failure. */
const MAX_ERROR_OUTPUT = 500;
/** Variables of this process that programs need to be found and to run; our own secrets are not among them. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'LD_LIBRARY_PATH', 'SYSTEMROOT'];

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export class CommandRecogniser implements Recogniser {
  readonly name = 'command';
  readonly #options: CommandRecogniserOptions;
  readonly #under = new Set<Recognition>();
  readonly #ended = new Set<Promise<unknown>>();
  #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: CommandRecogniserOptions) {
    this.#options = options;
  }

  recognise(request: RecognitionRequest): Recognition {
    const recognition = wholeUtterance((pcm, signal) => {
      const work = this.#inTurn(() => this.#recognise(wavOf(pcm, request.sampleRate), request, signal), signal);
      this.#ended.add(work);
      return work.finally(() => this.#ended.delete(work));
    });
    this.#under.add(recognition);
    const forget = () => this.#under.delete(recognition);
    recognition.result.then(forget, forget);
    return recognition;
  }

  /** Resolves when its processes are gone. */
  async close(): Promise<void> {
    for (const recognition of this.#under) recognition.cancel();
    await Promise.allSettled(this.#ended);
  }

  async #inTurn(work: () => Promise<RecognisedSpeech>, signal: AbortSignal): Promise<RecognisedSpeech> {
    if (this.#running >= this.#options.processes) await this.#turn(signal);
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  /** Resolves when a process has ended, whose place is now taken. */
  #turn(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      throw new RecognitionError('busy', `command: ${MAX_WAITING} utterances wait for it already`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      this.#waiting = this.#waiting.filter((each) => each !== take);
      reject(signal.reason);
    };
    const take = () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    this.#waiting.push(take);
    signal.addEventListener('abort', onAbort, { once: true });
    return promise;
  }

  async #recognise(wav: Buffer, request: RecognitionRequest, signal: AbortSignal): Promise<RecognisedSpeech> {
    signal.throwIfAborted();
    if (!this.#options.run.includes(FILE)) return readOutput(await this.#run(this.#options.run, wav, request, signal));
    const folder = await mkdtemp(path.join(os.tmpdir(), 'ringdown-speech-'));
    try {
      const file = path.join(folder, 'speech.wav');
      await writeFile(file, wav, { mode: 0o600 });
      const run = this.#options.run.map((argument) => (argument === FILE ? file : argument));
      return readOutput(await this.#run(run, undefined, request, signal));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** What it printed, once it has ended with code 0. */
  async #run(
    [program = '', ...args]: readonly string[],
    input: Buffer | undefined,
    request: RecognitionRequest,
    signal: AbortSignal,
  ): Promise<string> {
    const { timeoutMs, clock } = this.#options;
    // A group of its own: what the program starts in turn ends with it.
    const child: Child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environmentOf(request),
      detached: true,
    });
    let fault: RecognitionError | undefined;
    const stop = (error: RecognitionError) => {
      fault ??= error;
      killGroup(child);
      // A helper that left the group may hold the output open: nobody waits for its end.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const onAbort = () => stop(new RecognitionError('cancelled', 'nobody waits for the result any more'));
    signal.addEventListener('abort', onAbort, { once: true });
    const cancelTimeout = clock.after(timeoutMs, () =>
      stop(new RecognitionError('timed out', `command: it did not end within ${timeoutMs} ms`)),
    );
    const output: Buffer[] = [];
    let bytes = 0;
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_OUTPUT_BYTES)
        stop(new RecognitionError('engine failed', `command: it printed more than ${MAX_OUTPUT_BYTES} bytes`));
      else output.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-MAX_ERROR_OUTPUT);
    });
    child.stdin.on('error', () => undefined); // a program that does not read its input tells by how it ends
    child.stdin.end(input);
    try {
      const ending = await endingOf(child);
      if (fault) throw fault;
      if (ending !== undefined) {
        const detail = errors.replaceAll(/\s+/g, ' ').trim();
        throw new RecognitionError('engine failed', `command: ${ending}${detail === '' ? '' : `: ${detail}`}`);
      }
      return Buffer.concat(output).toString();
    } finally {
      cancelTimeout();
      signal.removeEventListener('abort', onAbort);
    }
  }
}

/** Resolves when the process is gone and its output read; with what was wrong, if something was. */
function endingOf(child: Child): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message)); // it could not be started
    child.once('exit', (code, by) => {
      // A helper that it left behind would stay for ever, with the output in its hands.
      killGroup(child);
      child.once('close', () =>
        resolve(by ? `the process was ended by ${by}` : code === 0 ? undefined : `the process ended with code ${code}`),
      );
    });
  });
}

function killGroup({ pid }: Child): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody of the group is left.
  }
}

function environmentOf({ language, hints, model, profanityFilter }: RecognitionRequest): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    SPEECH_LANGUAGE: language.replaceAll('\0', ''),
    SPEECH_HINTS: hints.map((hint) => hint.replaceAll(/[\0\r\n]+/g, ' ')).join('\n'),
    SPEECH_MODEL: model,
    SPEECH_PROFANITY_FILTER: String(profanityFilter),
  };
}

function readOutput(output: string): RecognisedSpeech {
  const text = output.trim();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string') {
      const confidence = 'confidence' in value ? value.confidence : undefined;
      const isShare = typeof confidence === 'number' && confidence >= 0 && confidence <= 1;
      return { text: value.text.trim(), confidence: isShare ? confidence : undefined };
    }
  } catch {
    // Plain text.
  }
  return { text: text.replaceAll(/\s+/g, ' '), confidence: undefined };
}
