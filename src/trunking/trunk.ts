/** What accounts have of trunks: whose it is, and what it is called. */
interface Owned {
  readonly accountId: string;
  /** The subaccount it belongs to, or the account itself. */
  readonly ownerId: string;
  readonly name: string;
  readonly createdAt: Date;
}

/** Where calls to an account's numbers go: its telephone system. */
export interface TrunkUri extends Owned {
  readonly uriId: string;
  /** `host`, `host:port` or `user@host`. */
  readonly uri: string;
  /** Answers its challenges. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
}

/** By what a telephone system shows that it is the account's. */
export interface TrunkCredential extends Owned {
  readonly credentialId: string;
  readonly username: string;
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
}

/** From where it may call. */
export interface TrunkIpList extends Owned {
  readonly ipListId: string;
  /** Addresses, or networks as `192.0.2.0/24`. */
  readonly addresses: readonly string[];
}

export const trunkDirections = ['inbound', 'outbound'] as const;
/** As the telephone system sees it: `inbound` brings calls of the account's numbers to it, `outbound` takes its calls. */
export type TrunkDirection = (typeof trunkDirections)[number];

export interface CustomerTrunk extends Owned {
  /** Decimal digits. */
  readonly trunkId: string;
  readonly direction: TrunkDirection;
  readonly enabled: boolean;
  /** Its calls go over TLS and with SRTP, or not at all. */
  readonly secure: boolean;
  /** Of an outbound one at least one of the two. */
  readonly ipListId: string | null;
  readonly credentialId: string | null;
  /** Of an inbound one. */
  readonly primaryUriId: string | null;
  readonly fallbackUriId: string | null;
}

/** The domain that calls of a telephone system name. */
export const trunkDomain = (trunkId: string): string => `${trunkId}.zt.plivo.com`;

/** The trunk whose domain this host is; also under a domain of the operator's own. */
export const trunkOfHost = (host: string): string | undefined => /^(\d{17})\./.exec(host)?.[1];
