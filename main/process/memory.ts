// How a process is told to give memory back: what an hour-long file needed for a while, what a stream leaves for hours.

/** One arena for all threads, and large blocks by mmap: for glibc, which reads it once; others do not look. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_MMAP_THRESHOLD_: '131072',
};

/** With a small young generation: together 60 MB of 320 while an hour is drawn with all its tracks. */
export const SMALL_MEMORY = { environment: ENVIRONMENT, flags: ['--max-semi-space-size=4'] } as const;

/** Keeps it to this process: what it starts, TensorFlow with its threads among it, allocates as it is used to. */
export function keepMemoryToOneself(): void {
  for (const name of Object.keys(ENVIRONMENT)) Reflect.deleteProperty(process.env, name);
}
