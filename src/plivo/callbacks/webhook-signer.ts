import type { Account } from '../../accounts/account.ts';
import type { Signer } from '../../delivery/webhook.ts';
import type { Random } from '../../runtime/random.ts';
import { createNonce, signatureHeaders } from './signatures.ts';

/** Signs webhooks with the tokens of the owner and of the main account (voice-xml.md §4). Those of a deleted account go unsigned. */
export function webhookSigner(account: (authId: string) => Promise<Account | undefined>, random: Random): Signer {
  return async (job, url, params) => {
    const owner = await account(job.accountId);
    if (!owner) return {};
    const main = owner.parentId === null ? owner : await account(owner.parentId);
    return signatureHeaders({
      url,
      method: job.method,
      params,
      ownerTokens: [owner.authToken],
      mainTokens: [(main ?? owner).authToken],
      nonce: createNonce(random),
    });
  };
}
