import { Type } from 'typebox';
import { digitsOf } from '../campaign-numbers/campaign-number-object.ts';
import { callbackParameters, statusCallbackOf } from '../compliance/status-callback.ts';
import { makingOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { optionalTollfreeFields, readImageUrls, readUsecases, tollfreeFields } from './tollfree-verification-object.ts';

/** POST TollfreeVerification/ (compliance.md §7.1). */
export const createTollfreeVerification = defineCommand({
  name: 'create-tollfree-verification',
  summary: 'Ask for the verification of a toll-free number',
  tag: 'TollfreeVerification',
  method: 'POST',
  path: 'TollfreeVerification/',
  ownsCallbackUrl: true,
  parameters: Type.Object({
    profile_uuid: tollfreeFields.profile_uuid(),
    number: Type.String({ maxLength: 32 }),
    usecase: tollfreeFields.usecase(),
    usecase_summary: tollfreeFields.usecase_summary(),
    message_sample: tollfreeFields.message_sample(),
    optin_image_url: tollfreeFields.optin_image_url(),
    optin_type: tollfreeFields.optin_type(),
    volume: tollfreeFields.volume(),
    ...optionalTollfreeFields,
    ...callbackParameters,
  }),
  replies: { 201: Type.Object({ api_id: apiId(), message: Type.Literal('created'), uuid: Type.String() }) },
  async run(call, { compliance }) {
    const given = call.parameters;
    const { id } = await compliance.tollfree.create(makingOf(call), {
      profileId: given.profile_uuid,
      number: digitsOf(given.number),
      usecase: readUsecases(given.usecase),
      usecaseSummary: given.usecase_summary,
      messageSample: given.message_sample,
      optinImageUrl: readImageUrls(given.optin_image_url),
      optinType: given.optin_type,
      volume: given.volume,
      additionalInformation: given.additional_information,
      extraData: given.extra_data,
      termsAndConditionsLink: given.terms_and_conditions_link,
      privacyPolicyLink: given.privacy_policy_link,
      optinMessage: given.optin_message,
      helpMessage: given.help_message,
      callback: statusCallbackOf(given.callback_url, given.callback_method),
    });
    return { status: 201, body: { message: 'created', uuid: id } };
  },
});
