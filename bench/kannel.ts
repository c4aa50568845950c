/** Debian's Kannel as the peer: bearerbox and smsbox, HTTP in, SMPP out to the sink, messages kept in its file store on the way. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../acceptance/ports.ts';

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 10_000;
/** As wide as Ringdown's links are configured here; Kannel's own default of 10 is slower. */
const WINDOW = 100;
/** How bearerbox keeps messages: `spool`, a file a message, or `file`, one file that is appended to. Neither is fsynced per message. */
export type KannelStore = 'spool' | 'file';

export interface Kannel {
  readonly url: string;
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

function configuration(
  ports: { admin: number; smsbox: number; sendsms: number; smsc: number },
  store: KannelStore,
  folder: string,
): string {
  return `group = core
admin-port = ${ports.admin}
admin-interface = 127.0.0.1
admin-password = bench
smsbox-port = ${ports.smsbox}
smsbox-interface = 127.0.0.1
store-type = ${store}
store-location = ${join(folder, 'store')}
log-file = ${join(folder, 'bearerbox.log')}
log-level = 3

group = smsc
smsc = smpp
smsc-id = sink
host = 127.0.0.1
port = ${ports.smsc}
transceiver-mode = true
smsc-username = bench
smsc-password = bench
system-type = ""
max-pending-submits = ${WINDOW}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${ports.sendsms}
sendsms-interface = 127.0.0.1
log-file = ${join(folder, 'smsbox.log')}
log-level = 3

group = sendsms-user
username = bench
password = bench
`;
}

async function reachable(url: string): Promise<boolean> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(1000) });
    return true;
  } catch {
    return false;
  }
}

async function waitFor(what: string, check: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`Kannel: ${what} did not come up`);
    await sleep(100);
  }
}

/** Starts Kannel in `folder` with its SMPP link to 127.0.0.1:`smscPort`; resolves once the link is bound. */
export async function startKannel(folder: string, store: KannelStore, smscPort: number): Promise<Kannel> {
  const ports = { admin: await freePort(), smsbox: await freePort(), sendsms: await freePort(), smsc: smscPort };
  const file = join(folder, 'kannel.conf');
  await mkdir(folder, { recursive: true });
  // The `spool` store wants its folder to exist, the `file` store makes its file.
  if (store === 'spool') await mkdir(join(folder, 'store'), { recursive: true });
  await writeFile(file, configuration(ports, store, folder));

  const children: ChildProcess[] = [];
  const run = (command: string) => {
    const child = spawn(command, ['-v', '4', file], { stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const stop = async () => {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(killer);
    }
  };

  try {
    run('/usr/sbin/bearerbox');
    const admin = `http://127.0.0.1:${ports.admin}/status.txt?password=bench`;
    await waitFor('bearerbox', () => reachable(admin));
    run('/usr/sbin/smsbox');
    await waitFor('smsbox', () => reachable(`http://127.0.0.1:${ports.sendsms}/`));
    await waitFor('the SMPP link', async () => /online/.test(await (await fetch(admin)).text()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `http://127.0.0.1:${ports.sendsms}/cgi-bin/sendsms`,
    pids: children.flatMap((child) => (child.pid === undefined ? [] : [child.pid])),
    stop,
  };
}
