import type { Account } from '../accounts/account.ts';
import type { SendService } from '../messaging/send.ts';
import type { Call } from './call.ts';
import type { MessageElement } from './document.ts';

/** messaging.md §13: as long as an API message may wait. */
const EXPIRY_SECONDS = 10_800;

/** Sends the texts of Message elements in the name of the call's owner. */
export function xmlMessages(sending: SendService, account: (authId: string) => Promise<Account | undefined>) {
  return async (call: Call, message: MessageElement): Promise<readonly string[]> => {
    const { ownerId, accountId } = call.facts;
    const [main, owner] = await Promise.all([account(accountId), account(ownerId)]);
    if (!main || !owner) throw new Error('the account of the call is gone');
    const scope = { account: main, subaccount: owner.parentId === null ? null : owner, authId: ownerId, byMainAccount: true };
    const sent = await sending.send(scope, {
      src: message.src,
      dst: message.dst.join('<'),
      text: message.text,
      service: 'sms',
      mediaUrls: [],
      mediaIds: [],
      structured: undefined,
      callbackUrl: message.callbackUrl,
      callbackMethod: message.callbackMethod,
      expirySeconds: EXPIRY_SECONDS,
      log: 'true',
      trackable: false,
      details: { call_uuid: call.id },
      requesterIp: undefined,
      idempotencyKey: undefined,
    });
    return sent.messageIds;
  };
}
