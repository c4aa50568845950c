import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import type { Application, ApplicationChange } from '../../accounts/application.ts';
import { Problem } from '../../errors/catalogue.ts';
import { flag, httpMethod, nullableString, text, url } from '../fields.ts';

const method = Type.Union([Type.Literal('GET'), Type.Literal('POST')]);

/** An application as the API shows it (account-numbers.md §6, sdks.md §6). */
export const applicationObject = {
  answer_method: method,
  answer_url: Type.String(),
  app_id: Type.String(),
  app_name: Type.String(),
  application_type: Type.String(),
  default_app: Type.Boolean(),
  default_endpoint_app: Type.Boolean(),
  default_number_app: Type.Boolean(),
  enabled: Type.Boolean(),
  fallback_answer_url: Type.String(),
  fallback_method: method,
  hangup_method: method,
  hangup_url: Type.String(),
  log_incoming_messages: Type.Boolean(),
  message_method: method,
  message_url: Type.String(),
  production_app: Type.Boolean(),
  public_uri: Type.Boolean(),
  resource_uri: Type.String(),
  sip_uri: Type.String(),
  sub_account: nullableString(),
};

export function showApplication(scope: Scope, publicUrl: string, application: Application) {
  return {
    answer_method: application.answerMethod,
    answer_url: application.answerUrl,
    app_id: application.appId,
    app_name: application.name,
    application_type: 'XML',
    default_app: application.isNumberDefault,
    default_endpoint_app: application.isEndpointDefault,
    default_number_app: application.isNumberDefault,
    enabled: true,
    fallback_answer_url: application.fallbackAnswerUrl,
    fallback_method: application.fallbackMethod,
    hangup_method: application.hangupMethod,
    hangup_url: application.hangupUrl,
    log_incoming_messages: application.logIncomingMessages,
    message_method: application.messageMethod,
    message_url: application.messageUrl,
    production_app: false,
    public_uri: application.publicUri,
    resource_uri: applicationUri(scope, application.appId),
    sip_uri: `sip:${application.appId}@${new URL(publicUrl).hostname}`,
    sub_account: application.subaccountId,
  };
}

export const applicationUri = (scope: Scope, appId: string) => `/v1/Account/${scope.authId}/Application/${appId}/`;

/** What create and update both take. */
export const applicationParameters = {
  answer_url: Type.Optional(url()),
  answer_method: httpMethod(),
  hangup_url: Type.Optional(url()),
  hangup_method: httpMethod(),
  fallback_answer_url: Type.Optional(url()),
  fallback_method: httpMethod(),
  message_url: Type.Optional(url()),
  message_method: httpMethod(),
  default_number_app: flag(),
  default_endpoint_app: flag(),
  public_uri: flag(),
  log_incoming_messages: flag(),
  subaccount: Type.Optional(text(20)),
};

interface ApplicationParameters {
  readonly answer_url?: string;
  readonly answer_method?: 'GET' | 'POST';
  readonly hangup_url?: string;
  readonly hangup_method?: 'GET' | 'POST';
  readonly fallback_answer_url?: string;
  readonly fallback_method?: 'GET' | 'POST';
  readonly message_url?: string;
  readonly message_method?: 'GET' | 'POST';
  readonly default_number_app?: boolean;
  readonly default_endpoint_app?: boolean;
  readonly public_uri?: boolean;
  readonly log_incoming_messages?: boolean;
}

/** The parameters that were sent, in the domain's names. The defaults of the account are not a subaccount's to take. */
export function readChange(scope: Scope, given: ApplicationParameters): ApplicationChange {
  if (!scope.byMainAccount && (given.default_number_app || given.default_endpoint_app)) {
    throw new Problem(
      'forbidden',
      'the default application of the account can be set with the credentials of the main account only',
    );
  }
  return {
    ...(given.answer_url !== undefined && { answerUrl: given.answer_url }),
    ...(given.answer_method !== undefined && { answerMethod: given.answer_method }),
    ...(given.hangup_url !== undefined && { hangupUrl: given.hangup_url }),
    ...(given.hangup_method !== undefined && { hangupMethod: given.hangup_method }),
    ...(given.fallback_answer_url !== undefined && { fallbackAnswerUrl: given.fallback_answer_url }),
    ...(given.fallback_method !== undefined && { fallbackMethod: given.fallback_method }),
    ...(given.message_url !== undefined && { messageUrl: given.message_url }),
    ...(given.message_method !== undefined && { messageMethod: given.message_method }),
    ...(given.default_number_app !== undefined && { isNumberDefault: given.default_number_app }),
    ...(given.default_endpoint_app !== undefined && { isEndpointDefault: given.default_endpoint_app }),
    ...(given.public_uri !== undefined && { publicUri: given.public_uri }),
    ...(given.log_incoming_messages !== undefined && { logIncomingMessages: given.log_incoming_messages }),
  };
}
