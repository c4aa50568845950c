/**
 * From the answer of a call to the verdict on who has answered. `waiting`: nobody has spoken yet. `speaking`: within a word.
 * `pausing`: between words, or after the last one.
 *
 * | state    | event            | next     |  |
 * | waiting  | word             | speaking |  |
 * | waiting  | initial-silence  | unknown  |  |
 * | waiting  | fax              | machine  |  |
 * | waiting  | announcement     | machine  |  |
 * | waiting  | time             | unknown  |  |
 * | speaking | pause            | pausing  |  |
 * | speaking | long-greeting    | machine  |  |
 * | speaking | long-speech      | machine  |  |
 * | speaking | many-words       | machine  |  |
 * | speaking | beep             | machine  |  |
 * | speaking | fax              | machine  |  |
 * | speaking | announcement     | machine  |  |
 * | speaking | music            | waiting  |  |
 * | speaking | time             | unknown  |  |
 * | pausing  | word             | speaking |  |
 * | pausing  | greeting-over    | human    |  |
 * | pausing  | long-speech      | machine  |  |
 * | pausing  | beep             | machine  |  |
 * | pausing  | fax              | machine  |  |
 * | pausing  | announcement     | machine  |  |
 * | pausing  | music            | waiting  |  |
 * | pausing  | time             | unknown  |  |
 *
 * `music`: what was taken for words is held notes. `greeting-over`: silence after words. `beep`: a single tone, which counts after
 * words only. `announcement`: special information tones. `time`: the window is over. Verdicts are final.
 */
export const answerMachine: Readonly<Record<AnswerState, Readonly<Partial<Record<AnswerEvent, AnswerState>>>>> = {
  waiting: { word: 'speaking', 'initial-silence': 'unknown', fax: 'machine', announcement: 'machine', time: 'unknown' },
  speaking: {
    pause: 'pausing',
    'long-greeting': 'machine',
    'long-speech': 'machine',
    'many-words': 'machine',
    beep: 'machine',
    fax: 'machine',
    announcement: 'machine',
    music: 'waiting',
    time: 'unknown',
  },
  pausing: {
    word: 'speaking',
    'greeting-over': 'human',
    'long-speech': 'machine',
    beep: 'machine',
    fax: 'machine',
    announcement: 'machine',
    music: 'waiting',
    time: 'unknown',
  },
  human: {},
  machine: {},
  unknown: {},
};

export const answerStates = ['waiting', 'speaking', 'pausing', 'human', 'machine', 'unknown'] as const;
export type AnswerState = (typeof answerStates)[number];

export const answerEvents = [
  'word',
  'pause',
  'greeting-over',
  'initial-silence',
  'long-greeting',
  'long-speech',
  'many-words',
  'beep',
  'fax',
  'announcement',
  'music',
  'time',
] as const;
export type AnswerEvent = (typeof answerEvents)[number];
