/** Why campaigns are declined (compliance.md §4.7): code, short reason, what to do about it. */
export const campaignDeclineCodes: ReadonlyMap<string, { readonly reason: string; readonly description: string }> = new Map([
  ['1001', { reason: 'Prohibited content', description: 'The campaign is about content that operators do not carry.' }],
  ['1002', { reason: 'Wrong brand', description: 'The brand must be the business that sends, not the one that sends for it.' }],
  [
    '1003',
    { reason: 'Direct lending', description: 'The content is about direct lending, the attribute direct_lending is not set.' },
  ],
  ['1004', { reason: 'Unclear message flow', description: 'The message flow does not say how subscribers opt in.' }],
]);

export const DEFAULT_DECLINE_CODE = '1004';
