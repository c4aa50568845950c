import type { RedirectElement } from '../../voice/document.ts';
import type { ElementDefinition } from './element.ts';

/** Goes on with another document (voice-xml.md §6.10). Its URL may be empty here: that fails as code 7024 when it runs. */
export const redirect: ElementDefinition<RedirectElement> = {
  name: 'Redirect',
  read: (element) => ({ element: 'Redirect', target: { url: element.text(), method: element.method('method') } }),
};
