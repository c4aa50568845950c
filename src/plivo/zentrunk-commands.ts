import type { AnyCommand } from './command.ts';
import { createTrunk } from './zentrunk/create-trunk.ts';
import { createTrunkCredential } from './zentrunk/create-trunk-credential.ts';
import { createTrunkIpList } from './zentrunk/create-trunk-ip-list.ts';
import { createTrunkUri } from './zentrunk/create-trunk-uri.ts';
import { deleteTrunk } from './zentrunk/delete-trunk.ts';
import { deleteTrunkCredential } from './zentrunk/delete-trunk-credential.ts';
import { deleteTrunkIpList } from './zentrunk/delete-trunk-ip-list.ts';
import { deleteTrunkUri } from './zentrunk/delete-trunk-uri.ts';
import { getTrunk } from './zentrunk/get-trunk.ts';
import { getTrunkCall } from './zentrunk/get-trunk-call.ts';
import { getTrunkCredential } from './zentrunk/get-trunk-credential.ts';
import { getTrunkIpList } from './zentrunk/get-trunk-ip-list.ts';
import { getTrunkUri } from './zentrunk/get-trunk-uri.ts';
import { listTrunkCalls } from './zentrunk/list-trunk-calls.ts';
import { listTrunkCredentials } from './zentrunk/list-trunk-credentials.ts';
import { listTrunkIpLists } from './zentrunk/list-trunk-ip-lists.ts';
import { listTrunkUris } from './zentrunk/list-trunk-uris.ts';
import { listTrunks } from './zentrunk/list-trunks.ts';
import { updateTrunk } from './zentrunk/update-trunk.ts';
import { updateTrunkCredential } from './zentrunk/update-trunk-credential.ts';
import { updateTrunkIpList } from './zentrunk/update-trunk-ip-list.ts';
import { updateTrunkUri } from './zentrunk/update-trunk-uri.ts';

/** Trunks between accounts' telephone systems and this server. */
export const zentrunkCommands: readonly AnyCommand[] = [
  createTrunkUri,
  listTrunkUris,
  getTrunkUri,
  updateTrunkUri,
  deleteTrunkUri,
  createTrunkCredential,
  listTrunkCredentials,
  getTrunkCredential,
  updateTrunkCredential,
  deleteTrunkCredential,
  createTrunkIpList,
  listTrunkIpLists,
  getTrunkIpList,
  updateTrunkIpList,
  deleteTrunkIpList,
  createTrunk,
  listTrunks,
  getTrunk,
  updateTrunk,
  deleteTrunk,
  listTrunkCalls,
  getTrunkCall,
];
