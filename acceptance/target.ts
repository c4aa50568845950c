/**
 * The server a suite speaks to: started for it, or, with RINGDOWN_ACCEPTANCE_URL, one that runs already.
 * For that: RINGDOWN_ACCEPTANCE_AUTH_ID, RINGDOWN_ACCEPTANCE_AUTH_TOKEN, RINGDOWN_ACCEPTANCE_OPERATOR_TOKEN, and a configuration that
 * holds what acceptance/fixture.ts describes.
 */
import { AUTH_ID, AUTH_TOKEN, OPERATOR_TOKEN, type ServerOptions, startServer } from './server.ts';

export interface Target {
  readonly url: string;
  readonly authId: string;
  readonly authToken: string;
  readonly operatorToken: string;
  dispose(): Promise<void>;
}

export async function openTarget(options: ServerOptions): Promise<Target> {
  const url = process.env.RINGDOWN_ACCEPTANCE_URL;
  if (url === undefined) return await startServer(options);
  return {
    url: url.replace(/\/+$/, ''),
    authId: process.env.RINGDOWN_ACCEPTANCE_AUTH_ID ?? AUTH_ID,
    authToken: process.env.RINGDOWN_ACCEPTANCE_AUTH_TOKEN ?? AUTH_TOKEN,
    operatorToken: process.env.RINGDOWN_ACCEPTANCE_OPERATOR_TOKEN ?? OPERATOR_TOKEN,
    dispose: async () => {},
  };
}
