/** URLs of an application that do not give a usable document, each in its own way. */
import { freePort } from './ports.ts';
import type { Scene } from './stage.ts';
import { xml } from './voice.ts';
import type { Answer } from './webhook-receiver.ts';

/** A document that would be heard if somebody ran it. */
export const UNHEARD_HZ = 1500;
export const SLOW_TARGET = 'an answer that does not come in time';
const OVERSIZE_OCTETS = 101 * 1024;

export interface BrokenTarget {
  readonly name: string;
  /** The request gets no answer that could be a document, or gets one that is none. */
  readonly kind: 'unreachable' | 'invalid';
  /** Makes the application behave so under a path, and gives the URL as it is configured. */
  at(scene: Scene, path: string): string;
  /** Requests that reach the application; undefined when none can. */
  readonly tries?: number;
}

export async function brokenTargets(): Promise<readonly BrokenTarget[]> {
  const closedPort = await freePort();
  const heard = (scene: Scene) => xml(`<Play>${scene.tone(UNHEARD_HZ, 500)}</Play>`);
  const answering = (name: string, kind: BrokenTarget['kind'], answer: (scene: Scene) => Answer | string): BrokenTarget => ({
    name,
    kind,
    tries: 1,
    at(scene, path) {
      scene.on(path, answer(scene));
      return scene.url(path);
    },
  });
  const elsewhere = (name: string, url: (scene: Scene, path: string) => string): BrokenTarget => ({
    name,
    kind: 'unreachable',
    at: url,
  });
  const timeout = answering(SLOW_TARGET, 'unreachable', () => 'hang');
  return [
    elsewhere('a host that does not exist', (_, path) => `http://ringdown-acceptance.invalid${path}`),
    elsewhere('a port that is closed', (_, path) => `http://127.0.0.1:${closedPort}${path}#ct=500`),
    elsewhere('TLS to a server that has none', (scene, path) => `${scene.url(path).replace('http:', 'https:')}#rc=0`),
    { ...timeout, tries: 2, at: (scene, path) => `${timeout.at(scene, path)}#rt=300&rc=1` },
    // As good as no answer in time, which is tried again.
    { ...answering('a connection that is reset', 'unreachable', () => 'reset'), tries: 2 },
    answering('status 404', 'unreachable', (scene) => ({ status: 404, body: heard(scene) })),
    answering('status 500', 'unreachable', (scene) => ({ status: 500, body: heard(scene) })),
    answering('a redirection (3xx), which is not followed', 'unreachable', (scene) => {
      scene.on('/moved', heard(scene));
      return { status: 302, location: scene.url('/moved') };
    }),
    answering('an empty answer', 'invalid', () => ''),
    answering('an answer that is not XML', 'invalid', () => ({ body: 'OK', contentType: 'text/plain' })),
    answering('another root than Response', 'invalid', () => '<html><body>Welcome</body></html>'),
    answering('a document of more than 100 KB', 'invalid', (scene) => `<!--${'x'.repeat(OVERSIZE_OCTETS)}-->${heard(scene)}`),
  ];
}

/** A URL as the text of an element or the value of an attribute. */
export const inXml = (url: string): string => url.replaceAll('&', '&amp;');
