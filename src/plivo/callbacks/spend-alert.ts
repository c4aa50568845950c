import type { SpendAlert, SpendAlertNotifier } from '../../billing/alerts.ts';
import { formatAmount } from '../../billing/money.ts';
import type { Dispatcher } from '../../delivery/dispatcher.ts';
import { insertWebhooks } from '../../delivery/webhook-store.ts';
import type { Ids } from '../../runtime/ids.ts';

export const SPEND_ALERT = 'spend-alert';

/** Alerts of limits and balances: JSON with POST in the form of the alert of geo permissions (messaging.md §19), signed like every webhook. */
export function spendAlertNotifier(ids: Ids, delivery: Pick<Dispatcher, 'admit' | 'handOver'>): SpendAlertNotifier {
  return {
    async write(client, alerts) {
      const admission = delivery.admit(
        alerts.map((alert) => ({
          id: ids.uuid(),
          accountId: alert.authId,
          subjectId: ids.uuid(),
          kind: SPEND_ALERT,
          url: alert.url,
          method: 'POST',
          payload: { json: spendAlertBody(alert) },
          sensitive: [],
          createdAt: alert.at,
        })),
      );
      await insertWebhooks(client, admission);
      return () => delivery.handOver(admission);
    },
  };
}

function spendAlertBody({ authId, what }: SpendAlert) {
  if (what.kind === 'balance') {
    return {
      auth_id: authId,
      alert_type: 'low_balance',
      threshold: formatAmount(what.thresholdMicros),
      balance: formatAmount(what.balanceMicros),
      message: `the balance is below ${formatAmount(what.thresholdMicros)}`,
    };
  }
  const block = what.percent >= 100;
  const used = `${what.percent}% of what may be spent in a ${what.kind} is spent`;
  return {
    auth_id: authId,
    alert_type: 'spend_threshold_breach',
    period: what.kind,
    percent: what.percent,
    limit: formatAmount(what.limitMicros),
    spent: formatAmount(what.spentMicros),
    block: block ? 'yes' : 'no',
    message: block ? `${used}; further messages and calls are refused` : used,
  };
}
