import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../runtime/clock.ts';
import { type EspeakReply, FrameReader, frame, readReply } from './espeak-frames.ts';
import { type EspeakPiece, espeakPieces } from './espeak-markup.ts';
import {
  type SpeechAudio,
  SpeechError,
  type SpeechErrorKind,
  type SpeechRequest,
  type SpeechSynthesizer,
} from './synthesizer.ts';

/**
 * espeak-ng, robotic but offline and in every language of voices.ts. It runs in a process of its own (espeak-process.ts) that is
 * started with the first text, started again when it dies, and ended when nothing has been said for a while.
 */
export interface EspeakOptions {
  readonly clock: Clock;
  /** What to run; the program of espeak-process.ts without. */
  readonly command?: { readonly program: string; readonly args: readonly string[] };
  /** Whether the optional package is installed. */
  readonly isInstalled?: () => boolean;
}

/** The package that the process loads. */
const PACKAGE = '@echogarden/espeak-ng-emscripten';
/** Texts that wait for the one process, which makes a second of speech in some 10 ms: more would wait for longer than a caller does. */
const MAX_WAITING = 64;
/** From the request to its audio, the wait for its turn included. */
const REQUEST_TIMEOUT_MS = 15_000;
/** The process may take so long to start (half a second) and for one text (the longest ones 2 s, very slow ones 7 s) before it counts as stuck. */
const WORK_TIMEOUT_MS = 10_000;
/** The process holds 120 to 150 MB; starting it again costs about half a second. */
const IDLE_MS = 120_000;
/** A process that does not end when its input does is killed. */
const END_TIMEOUT_MS = 2_000;
/** Of what the process prints on standard error, for the reason of a failure. */
const MAX_ERROR_OUTPUT = 500;
/**
 * Compiling and collecting on other threads only takes the cores from the audio of calls: on one thread the first text was ready
 * sooner, with a fifth less memory. The limit is far above what the engine needs; what a fault makes of it stays bounded.
 */
const NODE_OPTIONS = ['--single-threaded', '--max-old-space-size=256'];

interface Job {
  readonly id: number;
  readonly pieces: readonly EspeakPiece[];
  settle(outcome: { readonly audio: SpeechAudio } | { readonly error: unknown }): void;
}

interface Child {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly reader: FrameReader;
  ready: boolean;
  /** Ends the wait for its next reply. */
  cancelWatch: () => void;
  /** What it is working on. Its result is thrown away when nobody waits for it any more. */
  current: Job | undefined;
  errorOutput: string;
  /** Why it was killed, or what it said before it ended. */
  reason: { readonly kind: SpeechErrorKind; readonly text: string } | undefined;
}

export class EspeakSynthesizer implements SpeechSynthesizer {
  readonly name = 'espeak';
  readonly version = '1';
  readonly #options: EspeakOptions;
  readonly #waiting: Job[] = [];
  readonly #ending = new Set<Promise<void>>();
  #child: Child | undefined;
  #cancelIdle: () => void = () => undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: EspeakOptions) {
    this.#options = options;
  }

  /** Identifier of the process while there is one. */
  get pid(): number | undefined {
    return this.#child?.process.pid;
  }

  async synthesize(request: SpeechRequest, signal: AbortSignal): Promise<SpeechAudio> {
    signal.throwIfAborted();
    if (this.#closed) throw failure('engine failed', 'the program is stopping');
    if (!(this.#options.isInstalled ?? isInstalled)()) {
      throw failure('engine missing', `the optional package ${PACKAGE} is not installed`);
    }
    if (this.#waiting.length >= MAX_WAITING) throw failure('busy', `${MAX_WAITING} texts are waiting already`);
    const pieces = espeakPieces(request);
    const { promise, resolve, reject } = Promise.withResolvers<SpeechAudio>();
    const { clock } = this.#options;
    const cancelTimeout = clock.after(REQUEST_TIMEOUT_MS, () => {
      this.#forget(job);
      job.settle({ error: failure('timed out', `no audio within ${REQUEST_TIMEOUT_MS / 1000} s`) });
    });
    const onAbort = () => {
      this.#forget(job);
      job.settle({ error: signal.reason });
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#lastId = (this.#lastId + 1) >>> 0;
    const job: Job = {
      id: this.#lastId,
      pieces,
      settle(outcome) {
        cancelTimeout();
        signal.removeEventListener('abort', onAbort);
        if ('audio' in outcome) resolve(outcome.audio);
        else reject(outcome.error);
      },
    };
    this.#waiting.push(job);
    this.#cancelIdle();
    this.#next();
    return await promise;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelIdle();
    const stopping = failure('engine failed', 'the program is stopping');
    for (const job of this.#waiting.splice(0)) job.settle({ error: stopping });
    this.#child?.current?.settle({ error: stopping });
    this.#end();
    await Promise.all(this.#ending);
  }

  #next(): void {
    if (this.#waiting.length === 0) {
      this.#cancelIdle();
      if (this.#child && !this.#child.current) this.#cancelIdle = this.#options.clock.after(IDLE_MS, () => this.#end());
      return;
    }
    this.#child ??= this.#start();
    const child = this.#child;
    if (!child.ready || child.current) return;
    const job = this.#waiting.shift();
    if (!job) return;
    child.current = job;
    this.#watch(child);
    child.process.stdin.write(frame(Buffer.from(JSON.stringify({ id: job.id, pieces: job.pieces }))));
  }

  #start(): Child {
    const { program, args } = this.#options.command ?? {
      program: process.execPath,
      args: [...NODE_OPTIONS, fileURLToPath(new URL('espeak-process.ts', import.meta.url))],
    };
    const child: Child = {
      process: spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: {} }),
      reader: new FrameReader(),
      ready: false,
      cancelWatch: () => undefined,
      current: undefined,
      errorOutput: '',
      reason: undefined,
    };
    child.process.stdin.on('error', () => undefined); // the end of the process tells
    child.process.stderr.setEncoding('utf8').on('data', (text: string) => {
      child.errorOutput = (child.errorOutput + text).slice(-MAX_ERROR_OUTPUT);
    });
    child.process.stdout.on('data', (chunk: Buffer) => this.#received(child, chunk));
    const { promise, resolve } = Promise.withResolvers<void>();
    const ended = (text: string) => {
      this.#ending.delete(promise);
      this.#ended(child, text);
      resolve();
    };
    child.process.once('error', (error) => ended(error.message)); // it could not be started
    child.process.once('close', (code, by) =>
      ended(by ? `the process was ended by ${by}` : `the process ended with code ${code}`),
    );
    this.#ending.add(promise);
    this.#watch(child);
    return child;
  }

  /** A process that neither starts nor answers would hold up every text. */
  #watch(child: Child): void {
    child.cancelWatch();
    child.cancelWatch = this.#options.clock.after(WORK_TIMEOUT_MS, () => {
      this.#kill(child, 'timed out', `the process did not answer within ${WORK_TIMEOUT_MS / 1000} s`);
    });
  }

  #received(child: Child, chunk: Buffer): void {
    try {
      for (const body of child.reader.push(chunk)) this.#reply(child, readReply(body));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#kill(child, 'engine failed', `the process does not speak as expected: ${text}`);
    }
  }

  #reply(child: Child, reply: EspeakReply): void {
    child.cancelWatch();
    if (reply.kind === 'ready') child.ready = true;
    else if (reply.kind === 'unusable') this.#kill(child, 'engine failed', reply.reason);
    else if (reply.id === child.current?.id) {
      const job = child.current;
      child.current = undefined;
      if (reply.kind === 'audio') job.settle({ audio: { sampleRate: reply.sampleRate, pcm: reply.pcm } });
      else job.settle({ error: failure('text refused', reply.reason) });
    }
    if (child === this.#child) this.#next();
  }

  /** The text it was working on fails: it may be what killed the process. Those that wait get another one, unless none starts. */
  #ended(child: Child, text: string): void {
    child.cancelWatch();
    const { kind, text: reason } = child.reason ?? { kind: 'engine failed', text: withOutput(text, child.errorOutput) };
    child.current?.settle({ error: failure(kind, reason) });
    child.current = undefined;
    if (child !== this.#child) return;
    this.#child = undefined;
    if (!child.ready) for (const job of this.#waiting.splice(0)) job.settle({ error: failure(kind, reason) });
    this.#cancelIdle();
    this.#next();
  }

  #forget(job: Job): void {
    const place = this.#waiting.indexOf(job);
    if (place >= 0) this.#waiting.splice(place, 1);
  }

  #kill(child: Child, kind: SpeechErrorKind, text: string): void {
    child.reason ??= { kind, text };
    child.process.kill('SIGKILL');
  }

  /** Lets go of the process; a new text starts another one. */
  #end(): void {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    child.cancelWatch();
    child.process.stdin.end();
    const cancelKill = this.#options.clock.after(END_TIMEOUT_MS, () => child.process.kill('SIGKILL'));
    child.process.once('close', cancelKill);
  }
}

function isInstalled(): boolean {
  try {
    import.meta.resolve(PACKAGE);
    return true;
  } catch {
    return false;
  }
}

const failure = (kind: SpeechErrorKind, text: string) =>
  new SpeechError(kind, text.startsWith('espeak: ') ? text : `espeak: ${text}`);

function withOutput(text: string, output: string): string {
  const lines = output.trim().split('\n');
  return lines[0] ? `${text}: ${lines.join(' ')}` : text;
}
