import type { FastifyInstance } from 'fastify';
import { invalidParameter, missingParameter } from '../errors/catalogue.ts';
import type { ApplicationChange, VerifyApplicationDesk } from '../verification/application-desk.ts';
import { APP_HASH, applicationLimits, LOCALE, TEMPLATE_CODE } from '../verification/application-limits.ts';
import type { ListedApplication } from '../verification/application-store.ts';
import { type VerifyChannel, verifyChannels } from '../verification/session.ts';
import { type Body, bodyOf, textOf } from './body.ts';

interface OfId {
  Params: { id: string };
}

/**
 * Verify applications, under /verify-applications: `{account, name, brand_name?, channels?, locale?, code_length?, expiry_seconds?,
 * max_attempts?, template?, app_hash?, default?, app_uuid?}`. The hosted service has no request that makes one.
 */
export function registerVerifyApplications(operator: FastifyInstance, desk: VerifyApplicationDesk): void {
  operator.post('/verify-applications', async (request, reply) => {
    const body = bodyOf(request.body);
    const account = textOf(body, 'account');
    if (account === '') throw missingParameter('account');
    const wished = changeOf(body);
    if (wished.alias === undefined) throw missingParameter('name');
    const made = await desk.create(account, textOf(body, 'app_uuid') || undefined, wished);
    return reply.code(201).send({ api_id: request.id, message: 'created', ...shown(made) });
  });

  operator.get<{ Querystring: Readonly<Record<string, unknown>> }>('/verify-applications', async (request) => {
    const { account } = request.query;
    const found = await desk.list(typeof account === 'string' && account !== '' ? account : undefined);
    return { api_id: request.id, verify_applications: found.map(shown) };
  });

  operator.get<OfId>('/verify-applications/:id', async (request) => ({
    api_id: request.id,
    ...shown(await desk.find(request.params.id)),
  }));

  operator.post<OfId>('/verify-applications/:id', async (request) => {
    const changed = await desk.update(request.params.id, changeOf(bodyOf(request.body)));
    return { api_id: request.id, message: 'changed', ...shown(changed) };
  });

  operator.delete<OfId>('/verify-applications/:id', async (request, reply) => {
    await desk.delete(request.params.id);
    return reply.code(204).send();
  });
}

const shown = (application: ListedApplication) => ({
  app_uuid: application.appId,
  account: application.accountId,
  name: application.alias,
  brand_name: application.brandName,
  channels: application.channels,
  locale: application.locale,
  code_length: application.codeLength,
  expiry_seconds: application.expiryS,
  max_attempts: application.maxAttempts,
  template: application.template,
  app_hash: application.appHash,
  default: application.isDefault,
});

function changeOf(body: Body): ApplicationChange {
  const { name, brandName, codeLength, expiryS, maxAttempts, template } = applicationLimits;
  return {
    alias: shortText(body, 'name', name),
    brandName: shortText(body, 'brand_name', brandName),
    channels: channelsOf(body),
    locale: matching(body, 'locale', LOCALE, 'a language such as en_US'),
    codeLength: wholeNumber(body, 'code_length', codeLength),
    expiryS: wholeNumber(body, 'expiry_seconds', expiryS),
    maxAttempts: wholeNumber(body, 'max_attempts', maxAttempts),
    template: body.get('template') === null ? null : templateOf(shortText(body, 'template', template)),
    appHash: body.get('app_hash') === null ? null : matching(body, 'app_hash', APP_HASH, 'eleven characters of base64'),
    isDefault: flag(body, 'default'),
  };
}

const unexpected = (name: string, expected: string) =>
  invalidParameter(name, `${name} parameter is invalid: ${expected} is expected`);

function shortText(body: Body, name: string, most: number): string | undefined {
  const text = textOf(body, name);
  if (text.length > most) throw unexpected(name, `a text of at most ${most} characters`);
  return text === '' ? undefined : text;
}

function matching(body: Body, name: string, pattern: RegExp, expected: string): string | undefined {
  const text = textOf(body, name);
  if (text !== '' && !pattern.test(text)) throw unexpected(name, expected);
  return text === '' ? undefined : text;
}

function templateOf(template: string | undefined): string | undefined {
  if (template !== undefined && !TEMPLATE_CODE.test(template)) throw unexpected('template', 'a text with {code}');
  return template;
}

function wholeNumber(
  body: Body,
  name: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  const value = body.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw unexpected(name, `a whole number from ${least} to ${most}`);
}

function flag(body: Body, name: string): boolean | undefined {
  const value = body.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw unexpected(name, 'true or false');
}

function channelsOf(body: Body): readonly VerifyChannel[] | undefined {
  const value = body.get('channels');
  if (value === undefined || value === null) return undefined;
  const given: readonly unknown[] = Array.isArray(value) ? value : [];
  const channels = verifyChannels.filter((channel) => given.includes(channel));
  if (channels.length > 0 && channels.length === given.length)
    return channels.toSorted((one, other) => given.indexOf(one) - given.indexOf(other));
  throw unexpected('channels', `a list of ${verifyChannels.join(', ')}`);
}
