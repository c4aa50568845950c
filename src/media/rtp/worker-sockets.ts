import { isIPv4 } from 'node:net';
import type { DescriptorTable } from './descriptor-table.ts';
import { eventLoopSockets } from './event-loop-sockets.ts';
import { loadKernelCalls } from './kernel-calls.ts';
import { KernelSockets } from './kernel-sockets.ts';
import type { RtpSockets } from './rtp-socket.ts';

/** The sockets of a media worker: those of the kernel where they are known, Node's elsewhere. */
export async function workerSockets(bindAddress: string, descriptors: DescriptorTable): Promise<RtpSockets> {
  const calls = isIPv4(bindAddress) ? await loadKernelCalls() : undefined;
  return calls ? new KernelSockets(calls, bindAddress, descriptors) : eventLoopSockets(bindAddress);
}
