import { Type } from 'typebox';
import type { TollfreeFacts } from '../../compliance/tollfree-verifications.ts';
import { callbackParameters, statusCallbackOf } from '../compliance/status-callback.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { optionalTollfreeFields, readImageUrls, readUsecases, tollfreeFields } from './tollfree-verification-object.ts';

/** POST TollfreeVerification/{uuid}/ (compliance.md §7.2): everything but the number; what is not sent stays. */
export const updateTollfreeVerification = defineCommand({
  name: 'update-tollfree-verification',
  summary: 'Change a toll-free verification that is not decided',
  tag: 'TollfreeVerification',
  method: 'POST',
  path: 'TollfreeVerification/{uuid}/',
  ownsCallbackUrl: true,
  parameters: Type.Object({
    uuid: idInPath(),
    profile_uuid: Type.Optional(tollfreeFields.profile_uuid()),
    usecase: Type.Optional(tollfreeFields.usecase()),
    usecase_summary: Type.Optional(tollfreeFields.usecase_summary()),
    message_sample: Type.Optional(tollfreeFields.message_sample()),
    optin_image_url: Type.Optional(tollfreeFields.optin_image_url()),
    optin_type: Type.Optional(tollfreeFields.optin_type()),
    volume: Type.Optional(tollfreeFields.volume()),
    ...optionalTollfreeFields,
    ...callbackParameters,
  }),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.String() }) },
  async run({ scope, parameters: given }, { compliance }) {
    const callback = statusCallbackOf(given.callback_url, given.callback_method);
    const change: Partial<TollfreeFacts> = {
      ...(given.profile_uuid !== undefined && { profileId: given.profile_uuid }),
      ...(given.usecase !== undefined && { usecase: readUsecases(given.usecase) }),
      ...(given.usecase_summary !== undefined && { usecaseSummary: given.usecase_summary }),
      ...(given.message_sample !== undefined && { messageSample: given.message_sample }),
      ...(given.optin_image_url !== undefined && { optinImageUrl: readImageUrls(given.optin_image_url) }),
      ...(given.optin_type !== undefined && { optinType: given.optin_type }),
      ...(given.volume !== undefined && { volume: given.volume }),
      ...(given.additional_information !== undefined && { additionalInformation: given.additional_information }),
      ...(given.extra_data !== undefined && { extraData: given.extra_data }),
      ...(given.terms_and_conditions_link !== undefined && { termsAndConditionsLink: given.terms_and_conditions_link }),
      ...(given.privacy_policy_link !== undefined && { privacyPolicyLink: given.privacy_policy_link }),
      ...(given.optin_message !== undefined && { optinMessage: given.optin_message }),
      ...(given.help_message !== undefined && { helpMessage: given.help_message }),
      ...(callback && { callback }),
    };
    await compliance.tollfree.update(scope, given.uuid, change);
    const message = `Tollfree verification request for uuid ${given.uuid} updated successfully.`;
    return { status: 202, body: { message } };
  },
});
