import { getAccount } from './account/get-account.ts';
import { updateAccount } from './account/update-account.ts';
import type { AnyCommand } from './command.ts';

/** Every request of the API that this server answers. A new command is its own file and one line here. */
export const commands: readonly AnyCommand[] = [getAccount, updateAccount];
