import { getAccount } from './account/get-account.ts';
import { updateAccount } from './account/update-account.ts';
import { createApplication } from './applications/create-application.ts';
import { deleteApplication } from './applications/delete-application.ts';
import { getApplication } from './applications/get-application.ts';
import { listApplications } from './applications/list-applications.ts';
import { updateApplication } from './applications/update-application.ts';
import type { AnyCommand } from './command.ts';
import { createIncomingCarrier } from './incoming-carriers/create-incoming-carrier.ts';
import { deleteIncomingCarrier } from './incoming-carriers/delete-incoming-carrier.ts';
import { getIncomingCarrier } from './incoming-carriers/get-incoming-carrier.ts';
import { listIncomingCarriers } from './incoming-carriers/list-incoming-carriers.ts';
import { updateIncomingCarrier } from './incoming-carriers/update-incoming-carrier.ts';
import { deleteMedia } from './media/delete-media.ts';
import { getMedia } from './media/get-media.ts';
import { listMedia } from './media/list-media.ts';
import { uploadMedia } from './media/upload-media.ts';
import { deleteMessageMedia } from './messages/delete-message-media.ts';
import { getMessage } from './messages/get-message.ts';
import { getMessageMedia } from './messages/get-message-media.ts';
import { listMessageMedia } from './messages/list-message-media.ts';
import { listMessages } from './messages/list-messages.ts';
import { reportConversion } from './messages/report-conversion.ts';
import { sendMessage } from './messages/send-message.ts';
import { addNumbers } from './numbers/add-numbers.ts';
import { deleteNumber } from './numbers/delete-number.ts';
import { getNumber } from './numbers/get-number.ts';
import { listNumbers } from './numbers/list-numbers.ts';
import { updateNumber } from './numbers/update-number.ts';
import { buyPhoneNumber } from './phone-numbers/buy-phone-number.ts';
import { searchPhoneNumbers } from './phone-numbers/search-phone-numbers.ts';
import { createSubaccount } from './subaccounts/create-subaccount.ts';
import { deleteSubaccount } from './subaccounts/delete-subaccount.ts';
import { getSubaccount } from './subaccounts/get-subaccount.ts';
import { listSubaccounts } from './subaccounts/list-subaccounts.ts';
import { updateSubaccount } from './subaccounts/update-subaccount.ts';

/** Every request of the API that this server answers. A new command is its own file and one line here. */
export const commands: readonly AnyCommand[] = [
  getAccount,
  updateAccount,
  createSubaccount,
  listSubaccounts,
  getSubaccount,
  updateSubaccount,
  deleteSubaccount,
  createApplication,
  listApplications,
  getApplication,
  updateApplication,
  deleteApplication,
  searchPhoneNumbers,
  buyPhoneNumber,
  listNumbers,
  getNumber,
  updateNumber,
  addNumbers,
  deleteNumber,
  createIncomingCarrier,
  listIncomingCarriers,
  getIncomingCarrier,
  updateIncomingCarrier,
  deleteIncomingCarrier,
  getMessage,
  sendMessage,
  listMessages,
  listMessageMedia,
  getMessageMedia,
  deleteMessageMedia,
  reportConversion,
  uploadMedia,
  getMedia,
  listMedia,
  deleteMedia,
];
