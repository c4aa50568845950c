import { getAccount } from './account/get-account.ts';
import { updateAccount } from './account/update-account.ts';
import type { AnyCommand } from './command.ts';
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

/** Every request of the API that this server answers. A new command is its own file and one line here. */
export const commands: readonly AnyCommand[] = [
  getAccount,
  updateAccount,
  getMessage,
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
