import assert from 'node:assert/strict';
import type { AnyCommand } from '../../src/plivo/command.ts';
import { PDF } from '../../testkit/compliance-rig.ts';
import { basic } from '../../testkit/plivo-fixture.ts';
import type { Estate } from './estate.ts';
import { requests } from './requests.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Route {
  readonly command: AnyCommand;
  /** Complete, with `{auth_id}` where it has an account in it. */
  readonly path: string;
}

/** Every path under which a command is reached. */
export const routesOf = (command: AnyCommand): readonly Route[] =>
  [`/v1/Account/{auth_id}/${command.path}`, ...(command.aliases ?? [])].map((path) => ({ command, path }));

/** Names in braces become the owner's things. */
export function filled(template: string, command: AnyCommand, { ids }: Pick<Estate, 'ids'>, authId: string): string {
  const asked = requests[command.name];
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'auth_id') return authId;
    const said = asked?.words?.[name];
    if (said !== undefined) return said;
    if (name === 'service') return 'sms';
    const id = ids[asked?.path?.[name] ?? name];
    assert.ok(id !== undefined, `${command.name}: the estate has no ${name}; give it one in estate.ts`);
    return id;
  });
}

/** The body of the command's request with the owner's things in it. */
export function bodyOf(command: AnyCommand, { ids }: Pick<Estate, 'ids'>): Record<string, unknown> | undefined {
  const asked = requests[command.name];
  const needsOne = command.method === 'POST' || command.method === 'PATCH';
  assert.ok(!needsOne || asked, `${command.name}: requests.ts has no request of it`);
  if (asked?.body === undefined) return undefined;
  const text = JSON.stringify(asked.body).replaceAll(/"\{(\w+)\}"/g, (_, name: string) => {
    assert.ok(ids[name] !== undefined, `${command.name}: the estate has no ${name}`);
    return JSON.stringify(ids[name]);
  });
  const parsed: Record<string, unknown> = JSON.parse(text);
  return parsed;
}

/** True where the body names a thing of the owner. */
export const namesThings = (command: AnyCommand): boolean =>
  /"\{(?!document_type_id)\w+\}"/.test(JSON.stringify(requests[command.name]?.body ?? {}));

/** Asks for a route, its things being the owner's, below the account `authId`. */
export async function ask(
  estate: Estate,
  { command, path }: Route,
  authId: string,
  authorization: string | undefined,
): Promise<Answer> {
  const asked = requests[command.name];
  const body = bodyOf(command, estate);
  const query = asked?.query === undefined ? '' : `?${asked.query}`;
  const form = asked?.multipart ? formOf(body ?? {}) : undefined;
  const reply = await estate.rig.fixture.http.inject({
    method: command.method,
    url: filled(path, command, estate, authId) + query,
    headers: {
      ...(authorization !== undefined && { authorization }),
      ...(form ? { 'content-type': form.type } : body && { 'content-type': 'application/json' }),
    },
    ...(form ? { payload: form.bytes } : body && { payload: JSON.stringify(body) }),
  });
  return { status: reply.statusCode, text: reply.body };
}

function formOf(body: Readonly<Record<string, unknown>>): { readonly type: string; readonly bytes: Buffer } {
  const part = (head: string, content: string) => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
  const fields = Object.entries(body).map(([name, value]) => part(`name="${name}"`, String(value)));
  const file = part('name="file"; filename="x.pdf"\r\nContent-Type: application/pdf', PDF.toString('latin1'));
  return { type: 'multipart/form-data; boundary=b', bytes: Buffer.from(`${fields.join('')}${file}--b--\r\n`, 'latin1') };
}

export const basicOf = (who: { readonly authId: string; readonly authToken: string }): string => basic(who).authorization;
