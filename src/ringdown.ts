import type { FastifyInstance } from 'fastify';
import type { RateTable } from './billing/rates.ts';
import type { VirtualPhones } from './carriers/simulator/phones.ts';
import type { SimulatorCarrier } from './carriers/simulator/simulator-carrier.ts';
import type { RateLimiter } from './cluster/rate-limiter.ts';
import type { ComplianceConfiguration } from './compliance/configuration.ts';
import type { Dispatcher as Delivery } from './delivery/dispatcher.ts';
import type { Chore } from './maintenance.ts';
import type { QueueLimits } from './messaging/dispatcher-options.ts';
import type { Messaging } from './messaging/messaging.ts';
import type { Services } from './plivo/services.ts';
import type { Clock } from './runtime/clock.ts';
import type { Log } from './runtime/log.ts';
import type { Random } from './runtime/random.ts';
import type { StopStep } from './runtime/shutdown.ts';
import type { SpeechConfiguration } from './speech/engines.ts';
import type { RecognitionConfiguration } from './speech/recognition/configured-recogniser.ts';
import type { BlobStore } from './storage/blobs.ts';
import type { Sealing } from './storage/sealing.ts';
import type { Storage } from './storage/storage.ts';
import type { VoiceEngine } from './voice/voice-engine.ts';
import type { VoiceServices } from './voice/voice-off.ts';
import type { VoiceGround } from './voice-composition.ts';

/** What everything stands on. Handed in, so tests run the same program on another clock and database. */
export interface Ground {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly storage: Storage;
  readonly blobs: BlobStore;
  /** Directory of this node where recordings are while they are written. */
  readonly recordingsDirectory: string;
  /** Undefined: a server that makes and takes no calls. */
  readonly voice: VoiceGround | undefined;
  /** In place of the call engine, for tests of what surrounds it. */
  readonly voiceServices?: VoiceServices | undefined;
  readonly sealing: Sealing;
  /** Name of this node among those of the database. */
  readonly node: string;
  /** Counts over all nodes; undefined = this process by itself. */
  readonly limiter?: RateLimiter | undefined;
  readonly publicUrl: string;
  readonly operatorToken: string;
  readonly allowPrivateTargets: boolean;
  readonly allowedTargets: readonly string[];
  /** No other process works on this database: what an earlier one held is free at once. */
  readonly onlyNode: boolean;
  /** How many messages wait for their turn in memory; the rest waits in the table. */
  readonly queueLimits?: QueueLimits | undefined;
  /** How long results of submits wait to be written together; 0 on a clock that stands still. */
  readonly outcomeLingerMs: number;
}

/** The program, wired. */
export interface Ringdown {
  readonly http: FastifyInstance;
  readonly services: Services;
  readonly messaging: Messaging;
  readonly delivery: Delivery;
  readonly simulator: SimulatorCarrier;
  readonly phones: VirtualPhones;
  readonly voice: VoiceEngine | undefined;
  /** Speech engines as configured. Throws RangeError, and changes nothing, for an engine whose own section is missing. */
  useSpeech(configuration: SpeechConfiguration): void;
  /** Registry and sending rules as configured. */
  useCompliance(configuration: ComplianceConfiguration): void;
  /** The same of speech to text. */
  useRecognition(configuration: RecognitionConfiguration): void;
  /** Digits of the numbers from which no call is made. */
  useDoNotOriginate(numbers: readonly string[]): void;
  /** What has to be done now and then on every node. */
  readonly chores: readonly Chore[];
  /** Takes over the work of a node that has died; answers how many of its messages had perhaps been submitted. */
  takeOver(node: string): Promise<number>;
  /** Prices as configured; replaced when the configuration changes. */
  setRates(rates: RateTable): void;
  start(): Promise<void>;
  /** How it is stopped, in order. */
  stopSteps(): readonly StopStep[];
  /** Runs the steps; what is under way may go on for `graceMs`. Never rejects. */
  stop(graceMs: number): Promise<void>;
}
