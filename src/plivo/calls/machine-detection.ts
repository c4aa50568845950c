import { type Static, Type } from 'typebox';
import type { MachineDetection } from '../../voice/machine-detection.ts';
import { httpMethod, url } from '../fields.ts';
import { urlWithMethod } from './call-parameters.ts';

/** Within these bounds (voice-api.md §4.2), in milliseconds and words. */
const within = (minimum: number, maximum: number) => Type.Optional(Type.Integer({ minimum, maximum }));

/** How a call finds out whether a machine answers. */
export const machineDetectionFields = {
  machine_detection: Type.Optional(
    Type.Union([Type.Literal('true'), Type.Literal('false'), Type.Literal('hangup'), Type.Boolean()]),
  ),
  machine_detection_time: within(2_000, 10_000),
  machine_detection_url: Type.Optional(url()),
  machine_detection_method: httpMethod(),
  machine_detection_maximum_speech_length: within(1_000, 6_000),
  machine_detection_initial_silence: within(2_000, 10_000),
  machine_detection_maximum_words: within(2, 10),
  machine_detection_initial_greeting: within(1_000, 5_000),
  machine_detection_silence: within(500, 5_000),
};
const parameters = Type.Object(machineDetectionFields);

/** Defaults of voice-xml.md §11. */
const DEFAULTS = { windowMs: 5_000, initialSilenceMs: 4_500, greetingMs: 1_500, speechMs: 5_000, words: 3, silenceMs: 800 };

/** Undefined unless `machine_detection` itself asks for it: SDKs send some of the others with every call (voice-api.md §1). */
export function readMachineDetection(given: Static<typeof parameters>): MachineDetection | undefined {
  const mode = String(given.machine_detection ?? 'false');
  if (mode === 'false') return undefined;
  return {
    ifMachine: mode === 'hangup' ? 'hangup' : 'continue',
    callback: urlWithMethod(given.machine_detection_url, given.machine_detection_method),
    answer: {
      windowMs: given.machine_detection_time ?? DEFAULTS.windowMs,
      initialSilenceMs: given.machine_detection_initial_silence ?? DEFAULTS.initialSilenceMs,
      greetingMs: given.machine_detection_initial_greeting ?? DEFAULTS.greetingMs,
      speechMs: given.machine_detection_maximum_speech_length ?? DEFAULTS.speechMs,
      words: given.machine_detection_maximum_words ?? DEFAULTS.words,
      silenceMs: given.machine_detection_silence ?? DEFAULTS.silenceMs,
    },
  };
}
