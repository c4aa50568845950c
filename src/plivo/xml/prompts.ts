import type { Prompt } from '../../voice/document.ts';
import type { ElementDefinition } from './element.ts';
import { play } from './play.ts';
import { speak } from './speak.ts';
import { wait } from './wait.ts';

/** What is heard: inside GetDigits, GetInput and PreAnswer, and alone in the documents of dialMusic and confirmSound. */
export const prompts: readonly ElementDefinition<Prompt>[] = [speak, play, wait];
