import { arch, platform } from 'node:process';

/**
 * The calls of the C library that UDP sockets need, on 64-bit Linux. Each returns -1 where it failed, and `errno` says why until the next
 * call. Numbers are those of the kernel's headers for x86-64 and arm64.
 */
export interface KernelCalls {
  socket(domain: number, type: number, protocol: number): number;
  bind(descriptor: number, address: Buffer, bytes: number): number;
  setsockopt(descriptor: number, level: number, option: number, value: Buffer, bytes: number): number;
  sendto(descriptor: number, packet: Buffer, bytes: number, flags: number, to: Buffer, toBytes: number): number;
  recvfrom(descriptor: number, into: Buffer, bytes: number, flags: number, from: Buffer, fromBytes: Buffer): number;
  epoll_create1(flags: number): number;
  epoll_ctl(epoll: number, operation: number, descriptor: number, event: Buffer): number;
  epoll_wait(epoll: number, events: Buffer, most: number, timeoutMs: number): number;
  close(descriptor: number): number;
  errno(): number;
}

/** Octets of `struct epoll_event`, and where the descriptor is in it: packed on x86-64 alone. */
export const EPOLL_EVENT = arch === 'x64' ? ({ bytes: 12, descriptorAt: 4 } as const) : ({ bytes: 16, descriptorAt: 8 } as const);

/** Undefined on another system, and where the optional package has been left out. */
export async function loadKernelCalls(): Promise<KernelCalls | undefined> {
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) return undefined;
  const koffi = await import('koffi').then(
    (module) => module.default,
    () => undefined,
  );
  if (koffi === undefined) return undefined;
  // The symbols of the process itself: Node is linked with the C library, whichever that is.
  const library = koffi.load(null);
  return {
    socket: library.func('int socket(int, int, int)'),
    bind: library.func('int bind(int, const void *, uint32_t)'),
    setsockopt: library.func('int setsockopt(int, int, int, const void *, uint32_t)'),
    sendto: library.func('int64_t sendto(int, const void *, size_t, int, const void *, uint32_t)'),
    recvfrom: library.func('int64_t recvfrom(int, void *, size_t, int, void *, void *)'),
    epoll_create1: library.func('int epoll_create1(int)'),
    epoll_ctl: library.func('int epoll_ctl(int, int, int, void *)'),
    epoll_wait: library.func('int epoll_wait(int, void *, int, int)'),
    close: library.func('int close(int)'),
    errno: () => koffi.errno(),
  };
}
