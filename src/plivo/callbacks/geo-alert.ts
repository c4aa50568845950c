import type pg from 'pg';
import type { Dispatcher } from '../../delivery/dispatcher.ts';
import { insertWebhooks } from '../../delivery/webhook-store.ts';
import type { GeoAlertNotifier } from '../../messaging/geo-permissions.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Log } from '../../runtime/log.ts';
import { inTransaction } from '../../storage/storage.ts';

export const GEO_ALERT = 'geo-alert';

/**
 * The alert of a passed threshold (messaging.md §19): JSON with POST to the account's alert URL. It is no part of what the Send that
 * passed it was promised: when it cannot be stored the message goes its way.
 */
export function geoAlertNotifier(pool: pg.Pool, ids: Ids, delivery: Dispatcher, clock: Clock, log: Log): GeoAlertNotifier {
  return {
    async alert({ account, country, blocked, hourlyThreshold }) {
      const url = account.settings.geoAlertUrl;
      if (url === undefined) return;
      const happened = `more than ${hourlyThreshold} messages an hour were sent to ${country}`;
      const json = {
        auth_id: account.authId,
        destination_country: country,
        block: blocked ? 'yes' : 'no',
        alert_type: 'sms_threshold_breach',
        message: blocked ? `${happened}; further messages to it are blocked` : happened,
      };
      const admission = delivery.admit([
        {
          id: ids.uuid(),
          accountId: account.authId,
          subjectId: ids.uuid(),
          kind: GEO_ALERT,
          url,
          method: 'POST',
          payload: { json },
          sensitive: [],
          createdAt: clock.now(),
        },
      ]);
      try {
        await inTransaction(pool, (client) => insertWebhooks(client, admission));
        delivery.handOver(admission);
      } catch (error) {
        log.warn({ err: error, account: account.authId, country }, 'the alert of a passed threshold could not be stored');
      }
    },
  };
}
