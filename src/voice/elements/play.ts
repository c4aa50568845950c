import { elementRunner, NEXT } from '../element-context.ts';
import { playAudible } from '../prompts.ts';

/** Plays an audio file (voice-xml.md §6.2). */
export const play = elementRunner('Play', true, async (element, { call, services, signal, media }) => {
  await playAudible(call, services, await media(), element, signal);
  return NEXT;
});
