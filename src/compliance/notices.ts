import type pg from 'pg';
import type { StatusCallback } from './enums.ts';

/** What accounts are told when something they registered moves. One of the dialect's callbacks each. */
export type ComplianceNotice = {
  /** Whose it is: the subaccount or the main account. */
  readonly ownerId: string;
  readonly callback: StatusCallback;
  readonly at: Date;
} & (
  | {
      readonly kind: 'brand';
      readonly brandId: string;
      readonly status: 'created' | 'rejected' | 'registered';
      readonly cause?: Cause;
    }
  | {
      readonly kind: 'campaign';
      readonly campaignId: string;
      readonly brandId: string | undefined;
      readonly status: 'created' | 'rejected' | 'registered';
      readonly cause?: Cause;
    }
  | {
      readonly kind: 'number_linking' | 'number_unlinking';
      readonly campaignId: string;
      readonly number: string;
      readonly status: 'created' | 'failed' | 'success';
      readonly cause?: Cause;
    }
  | {
      readonly kind: 'tollfree_verification';
      readonly verificationId: string;
      readonly number: string;
      readonly status: string;
      readonly errorMessage: string;
    }
  | {
      readonly kind: 'compliance_application';
      readonly applicationId: string;
      readonly alias: string;
      readonly status: string;
      readonly rejectionReason: string | undefined;
    }
  | {
      readonly kind: 'caller_reputation';
      readonly number: string;
      readonly profileId: string;
      readonly status: string;
      readonly reason: string | undefined;
    }
  | {
      readonly kind: 'address' | 'identity';
      readonly verificationId: string;
      readonly alias: string | undefined;
      readonly status: string;
      readonly reason: string | undefined;
    }
);

export interface Cause {
  readonly code: string | undefined;
  readonly reason: string | undefined;
}

/** Writes notices as durable webhooks in the caller's transaction; resolves with what is called after its commit. */
export interface ComplianceNotifier {
  write(client: pg.ClientBase, notices: readonly ComplianceNotice[]): Promise<() => void>;
}
