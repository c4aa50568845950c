import { type Machine, step } from '../../sip/machine.ts';

/**
 * One attempt of GetInput, from its prompts to what the caller gave: keys or speech, whichever comes first (voice-xml.md §6.7).
 *
 * | state       | event    | next        | actions                       |
 * | prompting   | prompted | waiting     | limit, await-input            |
 * | prompting   | key      | keys        | deafen, hush, limit, await-key |
 * | prompting   | submit   | over        | deafen, hush, submit          |
 * | prompting   | speech   | speaking    | hush, limit                   |
 * | prompting   | abort    | over        | deafen, hush, give-up         |
 * | waiting     | key      | keys        | deafen, await-key             |
 * | waiting     | submit   | over        | deafen, submit                |
 * | waiting     | speech   | speaking    | cancel-wait                   |
 * | waiting     | late     | over        | deafen, give-up               |
 * | waiting     | deaf     | over        | deafen, give-up               |
 * | waiting     | abort    | over        | deafen, give-up               |
 * | keys        | key      | keys        | await-key                     |
 * | keys        | submit   | over        | submit                        |
 * | keys        | late     | over        | submit                        |
 * | keys        | abort    | over        | give-up                       |
 * | speaking    | key      | keys        | deafen, await-key             |
 * | speaking    | submit   | over        | deafen, submit                |
 * | speaking    | silence  | recognising |                               |
 * | speaking    | late     | closing     | end-utterance                 |
 * | speaking    | failed   | waiting     |                               |
 * | speaking    | deaf     | over        | deafen, give-up               |
 * | speaking    | abort    | over        | deafen, give-up               |
 * | recognising | key      | keys        | deafen, await-key             |
 * | recognising | submit   | over        | deafen, submit                |
 * | recognising | said     | over        | deafen, tell                  |
 * | recognising | nothing  | waiting     |                               |
 * | recognising | late     | closing     |                               |
 * | recognising | failed   | waiting     |                               |
 * | recognising | deaf     | over        | deafen, give-up               |
 * | recognising | abort    | over        | deafen, give-up               |
 * | closing     | said     | over        | deafen, tell                  |
 * | closing     | nothing  | over        | deafen, give-up               |
 * | closing     | failed   | over        | deafen, give-up               |
 * | closing     | deaf     | over        | deafen, give-up               |
 * | closing     | abort    | over        | deafen, give-up               |
 *
 * `prompted`: the prompts are over. `key`: one more, `submit`: the last one. `speech`, `silence`: an utterance begins, ends. `said`,
 * `nothing`: what was understood of it. `failed`: speech is not understood any more, `deaf`: and keys are not taken either. `late`: a
 * time has run out. `limit` starts the time of the whole input, `await-input` that to its start, `await-key` that between keys.
 */
export const inputMachine: Machine<InputState, InputEvent, InputAction> = {
  prompting: {
    prompted: step('waiting', 'limit', 'await-input'),
    key: step('keys', 'deafen', 'hush', 'limit', 'await-key'),
    submit: step('over', 'deafen', 'hush', 'submit'),
    speech: step('speaking', 'hush', 'limit'),
    abort: step('over', 'deafen', 'hush', 'give-up'),
  },
  waiting: {
    key: step('keys', 'deafen', 'await-key'),
    submit: step('over', 'deafen', 'submit'),
    speech: step('speaking', 'cancel-wait'),
    late: step('over', 'deafen', 'give-up'),
    deaf: step('over', 'deafen', 'give-up'),
    abort: step('over', 'deafen', 'give-up'),
  },
  keys: {
    key: step('keys', 'await-key'),
    submit: step('over', 'submit'),
    late: step('over', 'submit'),
    abort: step('over', 'give-up'),
  },
  speaking: {
    key: step('keys', 'deafen', 'await-key'),
    submit: step('over', 'deafen', 'submit'),
    silence: step('recognising'),
    late: step('closing', 'end-utterance'),
    failed: step('waiting'),
    deaf: step('over', 'deafen', 'give-up'),
    abort: step('over', 'deafen', 'give-up'),
  },
  recognising: {
    key: step('keys', 'deafen', 'await-key'),
    submit: step('over', 'deafen', 'submit'),
    said: step('over', 'deafen', 'tell'),
    nothing: step('waiting'),
    late: step('closing'),
    failed: step('waiting'),
    deaf: step('over', 'deafen', 'give-up'),
    abort: step('over', 'deafen', 'give-up'),
  },
  closing: {
    said: step('over', 'deafen', 'tell'),
    nothing: step('over', 'deafen', 'give-up'),
    failed: step('over', 'deafen', 'give-up'),
    deaf: step('over', 'deafen', 'give-up'),
    abort: step('over', 'deafen', 'give-up'),
  },
  over: {},
};

export const inputStates = ['prompting', 'waiting', 'keys', 'speaking', 'recognising', 'closing', 'over'] as const;
export type InputState = (typeof inputStates)[number];

export const inputEvents = [
  'prompted',
  'key',
  'submit',
  'speech',
  'silence',
  'said',
  'nothing',
  'failed',
  'deaf',
  'late',
  'abort',
] as const;
export type InputEvent = (typeof inputEvents)[number];

export type InputAction =
  | 'limit'
  | 'await-input'
  | 'await-key'
  | 'cancel-wait'
  | 'hush'
  | 'deafen'
  | 'end-utterance'
  | 'submit'
  | 'tell'
  | 'give-up';
