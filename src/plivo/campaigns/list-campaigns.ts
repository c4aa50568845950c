import { Type } from 'typebox';
import { campaignStates } from '../../compliance/campaign-machine.ts';
import { campaignUsecases } from '../../compliance/enums.ts';
import { invalidParameter } from '../../errors/catalogue.ts';
import { listSchema, namedList, oneOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { text } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { campaignObject, renderCampaign } from './campaign-object.ts';

/** GET 10dlc/Campaign/ (compliance.md §4.3), newest first. States are compared without regard to case. */
export const listCampaigns = defineCommand({
  name: 'list-campaigns',
  summary: 'Campaigns of the account',
  tag: '10DLC',
  method: 'GET',
  path: '10dlc/Campaign/',
  parameters: Type.Object({
    usecase: Type.Optional(oneOf(campaignUsecases)),
    brand_id: Type.Optional(text(64)),
    registration_status: Type.Optional(text(16)),
    campaign_source: Type.Optional(oneOf(['plivo', 'shared'])),
    ...pageParameters,
  }),
  replies: { 200: listSchema(campaignObject, 'campaigns') },
  async run({ scope, parameters }, { compliance }) {
    const page = readPage(parameters);
    const { usecase, brand_id: brandId, registration_status: given, campaign_source: source } = parameters;
    const status = campaignStates.find((state) => state === given?.toUpperCase());
    if (given !== undefined && !status) {
      const expected = `one of ${campaignStates.join(', ')} is expected`;
      throw invalidParameter('registration_status', `registration_status parameter is invalid: ${expected}`);
    }
    const { total, items } = await compliance.campaigns.list(scope, { usecase, brandId, status, source }, page);
    const found = { total, items: items.map(renderCampaign) };
    return namedList(scope, '10dlc/Campaign/', page, parameters, found, { items: 'campaigns' });
  },
});
