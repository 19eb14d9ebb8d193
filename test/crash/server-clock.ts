import type { RedisBinary } from '@inquest/servers';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Preloaded into a server, adds the nanoseconds that stand in a file to every reading of the wall clock. It asks the kernel itself:
 * libfaketime looks the real functions up first, which allocates, and jemalloc's first allocation reads the clock; it never returns.
 */
const SHIM = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
static volatile int64_t *off;
__attribute__((constructor)) static void open_offset(void) {
  const char *path = getenv("INQUEST_CRASH_CLOCK");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *page = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
  if (page != MAP_FAILED) off = page;
  close(file);
}
int clock_gettime(clockid_t clock, struct timespec *at) {
  int result = syscall(SYS_clock_gettime, clock, at);
  if (result == 0 && off && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += *off / 1000000000;
  return result;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  (void)zone;
  struct timespec exact;
  if (clock_gettime(CLOCK_REALTIME, &exact) != 0) return -1;
  at->tv_sec = exact.tv_sec;
  at->tv_usec = exact.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *at) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (at) *at = exact.tv_sec;
  return exact.tv_sec;
}
`;

/** Sets the clock that `withServerClock` gave a server: from now on it is off by so much. Whole seconds. */
export const setServerClock = async (clockFile: string, offMs: number): Promise<void> => {
  const nanoseconds = Buffer.alloc(8);
  nanoseconds.writeBigInt64LE(BigInt(Math.round(offMs / 1_000)) * 1_000_000_000n);
  await writeFile(clockFile, nanoseconds, { flag: 'r+' }); // In place: the server has mapped this very file.
};

/** The same server with a wall clock that goes by a file. @throws where there is no C compiler. */
export const withServerClock = async (binary: RedisBinary, dir: string, clockFile: string): Promise<RedisBinary> => {
  if (process.platform !== 'linux' || binary.image)
    throw new Error('Only a Redis that runs on Linux itself can get another clock.');
  const shim = join(dir, 'clock.so');
  await compile(shim);
  await writeFile(clockFile, Buffer.alloc(8));
  return { ...binary, env: { ...binary.env, LD_PRELOAD: shim, INQUEST_CRASH_CLOCK: clockFile } };
};

const compile = (target: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const compiler = execFile('cc', ['-shared', '-fPIC', '-O2', '-x', 'c', '-o', target, '-'], (error) =>
      error ? reject(new Error(`A clock for Redis needs the C compiler cc: ${error.message}`)) : resolve(),
    );
    compiler.stdin?.on('error', () => undefined); // Without a compiler there is nobody to read; the callback tells.
    compiler.stdin?.end(SHIM);
  });
