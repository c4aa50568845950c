import { Type } from 'typebox';
import { NUMBER_POOL_LIMIT } from '../../compliance/campaign-numbers.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { campaignHead, campaignNumberObject, renderCampaignNumber, renderHead } from './campaign-number-object.ts';

/** GET 10dlc/Campaign/{campaign_id}/Number/ (compliance.md §5): a list without meta. */
export const listCampaignNumbers = defineCommand({
  name: 'list-campaign-numbers',
  summary: 'Numbers of a campaign',
  tag: '10DLC',
  method: 'GET',
  path: '10dlc/Campaign/{campaign_id}/Number/',
  parameters: Type.Object({ campaign_id: idInPath(), ...pageParameters }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      ...campaignHead,
      phone_numbers: Type.Array(campaignNumberObject),
      phone_numbers_summary: Type.Record(Type.String(), Type.Integer()),
      number_pool_limit: Type.Integer(),
    }),
  },
  async run({ scope, parameters }, { compliance }) {
    const page = readPage(parameters);
    const { campaign, entries, counts } = await compliance.campaignNumbers.list(scope, parameters.campaign_id, page);
    return {
      status: 200,
      body: {
        ...renderHead(campaign),
        phone_numbers: entries.map(renderCampaignNumber),
        phone_numbers_summary: {
          COMPLETED: counts.LINKED,
          FAILED: counts.FAILED,
          PROCESSING: counts.LINKING + counts.UNLINKING,
        },
        number_pool_limit: NUMBER_POOL_LIMIT,
      },
    };
  },
});
