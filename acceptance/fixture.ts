/** The account, numbers and inventory that the SDK and manners suites expect of a server. */
import { AUTH_ID, unlimitedAccount } from './server.ts';

/** Numbers of the account, SMS and MMS enabled, carried by the simulator. */
export const OWN_NUMBER = '14155550100';
export const SECOND_NUMBER = '14155550101';
/** A subscriber: a virtual phone of the simulator. */
export const PHONE = '14155550123';
export const OTHER_PHONE = '14155550124';
/** A number of another account. */
export const FOREIGN_NUMBER = '14155550150';
export const OTHER_AUTH_ID = 'MAACCEPTANCE00000002';
export const OTHER_AUTH_TOKEN = 'acceptance-token-0000000000000000000002x';
export const FOR_SALE = ['14155550160', '14155550161', '14155550162'];
export const TOLL_FREE_FOR_SALE = '18005550170';

const own = (number: string, account = AUTH_ID) => ({
  number,
  account,
  carrier: 'simulator',
  country: 'US',
  type: 'local',
});

export const fixture = {
  accounts: [
    unlimitedAccount,
    { ...unlimitedAccount, auth_id: OTHER_AUTH_ID, auth_token: OTHER_AUTH_TOKEN, name: 'Somebody else' },
  ],
  numbers: [own(OWN_NUMBER), own(SECOND_NUMBER), own(FOREIGN_NUMBER, OTHER_AUTH_ID)],
  inventory: [
    ...FOR_SALE.map((number) => ({ number, country: 'US', type: 'local', city: 'San Francisco', region: 'California' })),
    { number: TOLL_FREE_FOR_SALE, country: 'US', type: 'tollfree' },
  ],
};
