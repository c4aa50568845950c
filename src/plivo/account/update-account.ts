import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { isTimeZone } from '../../runtime/time-zone.ts';
import { defineCommand } from '../define.ts';
import { changed, text } from '../fields.ts';

/** POST / (account-numbers.md §4): what is absent, null or empty stays as it is. */
export const updateAccount = defineCommand({
  name: 'update-account',
  summary: 'Change name, address or time zone of the account',
  tag: 'Account',
  method: 'POST',
  path: '',
  audience: 'main',
  parameters: Type.Object({
    name: Type.Optional(text(100)),
    address: Type.Optional(text()),
    city: Type.Optional(text(100)),
    state: Type.Optional(text(100)),
    timezone: Type.Optional(text(64)),
  }),
  replies: { 202: changed },
  async run({ scope, parameters, now }, { accounts, directory }) {
    if (parameters.timezone !== undefined && !isTimeZone(parameters.timezone)) {
      throw invalidParameter('timezone', 'timezone parameter is invalid: an IANA time zone name is expected');
    }
    await accounts.update(scope.authId, parameters, new Date(now));
    directory.invalidate(scope.authId);
    return { status: 202, body: { message: 'changed' } };
  },
});
