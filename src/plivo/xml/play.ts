import type { PlayElement } from '../../voice/document.ts';
import type { ElementDefinition } from './element.ts';

/** Plays an audio file (voice-xml.md §6.2). A text that is no URL stays as it is: playing it fails and is passed over. */
export const play: ElementDefinition<PlayElement> = {
  name: 'Play',
  read(element) {
    const url = element.text();
    if (url === '') return element.refuse('has no URL');
    return { element: 'Play', url, loop: element.loop() };
  },
};
