/** Calls every route of the Node SDK: see coverage/README.md. */
import { walkAccount } from './account.ts';
import { walkCalls } from './calls.ts';
import { walkCompliance } from './compliance.ts';
import { walkMessaging } from './messaging.ts';
import { walkNumbers } from './numbers.ts';
import { walkPhlo } from './phlo.ts';
import { walkRegistration } from './registration.ts';
import { walkConferences, walkMultiparty } from './rooms.ts';
import { allOk, part } from './walk.ts';

await part('account', walkAccount);
await part('numbers', walkNumbers);
await part('messaging', walkMessaging);
await part('registration', walkRegistration);
await part('compliance', walkCompliance);
await part('calls', walkCalls);
await part('conferences', walkConferences);
await part('multiparty calls', walkMultiparty);
await part('PHLO', walkPhlo);
// The SDK keeps connections open.
process.exit(allOk() ? 0 : 1);
