import { Type } from 'typebox';
import { missingParameter } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { digitsOf } from '../idempotent-id.ts';
import { requestedOwner } from '../ownership.ts';
import { applicationParameters, readChange } from './application-object.ts';

const APP_ID_DIGITS = 17;

/**
 * POST Application/ (account-numbers.md §6). An application for messages alone needs no answer_url. Names are free text: the
 * documented letters, digits, `-` and `_` are narrower than names in use.
 */
export const createApplication = defineCommand({
  name: 'create-application',
  summary: 'Create an application',
  tag: 'Application',
  method: 'POST',
  path: 'Application/',
  parameters: Type.Object({ app_name: text(), ...applicationParameters }),
  refusals: ['forbidden'],
  replies: {
    201: Type.Object({ api_id: apiId(), app_id: Type.String(), message: Type.Literal('created') }),
  },
  async run({ scope, parameters, now, idempotencyKey }, { applications, applicationDirectory, directory, ids }) {
    if (parameters.answer_url === undefined && parameters.message_url === undefined) throw missingParameter('answer_url');
    const change = readChange(scope, parameters);
    const owner = await requestedOwner(scope, parameters.subaccount, directory);
    const appId = idempotencyKey === undefined ? ids.digits(APP_ID_DIGITS) : digitsOf(idempotencyKey, APP_ID_DIGITS);
    await applications.insert({
      ...change,
      hangupUrl: change.hangupUrl ?? change.answerUrl ?? '',
      appId,
      accountId: scope.account.authId,
      subaccountId: owner === undefined ? (scope.subaccount?.authId ?? null) : owner,
      name: parameters.app_name,
      createdAt: new Date(now),
    });
    applicationDirectory.invalidate(appId);
    return { status: 201, body: { app_id: appId, message: 'created' } };
  },
});
