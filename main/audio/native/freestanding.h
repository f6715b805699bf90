// What the modules have for a C library. Sines and powers are the host's.
#ifndef FREESTANDING_H
#define FREESTANDING_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))

#define HOST(name) __attribute__((import_module("host"), import_name(name)))

HOST("sin") double sin(double x);
HOST("cos") double cos(double x);
HOST("exp") double exp(double x);
HOST("log") double log(double x);
HOST("pow") double pow(double x, double y);

#define floor __builtin_floor
#define abs __builtin_abs
#define alloca __builtin_alloca
/** A broken promise of the decoder to itself ends it; the host sees a trap. */
#define assert(promise) ((promise) ? (void)0 : __builtin_trap())

static inline double ldexp(double x, int exponent) {
  return x * pow(2.0, exponent);
}

void *memset(void *to, int value, size_t bytes) {
  unsigned char *at = to;
  while (bytes--) *at++ = (unsigned char)value;
  return to;
}

void *memcpy(void *to, const void *from, size_t bytes) {
  unsigned char *at = to;
  const unsigned char *source = from;
  while (bytes--) *at++ = *source++;
  return to;
}

void *memmove(void *to, const void *from, size_t bytes) {
  unsigned char *at = to;
  const unsigned char *source = from;
  if (at <= source) return memcpy(to, from, bytes);
  while (bytes--) at[bytes] = source[bytes];
  return to;
}

int memcmp(const void *left, const void *right, size_t bytes) {
  const unsigned char *a = left, *b = right;
  for (; bytes--; a++, b++) {
    if (*a != *b) return *a < *b ? -1 : 1;
  }
  return 0;
}

/** Heap sort: no recursion, no worst case. `bytes`: at most 64. */
void qsort(void *base, size_t count, size_t bytes, int (*compare)(const void *, const void *)) {
  unsigned char *items = base, held[64];
  if (count < 2 || bytes > sizeof held) return;
  for (size_t start = count / 2, end = count; end > 1;) {
    if (start > 0) {
      start--;
    } else {
      end--;
      memcpy(held, items + end * bytes, bytes);
      memcpy(items + end * bytes, items, bytes);
      memcpy(items, held, bytes);
    }
    for (size_t root = start, child; (child = 2 * root + 1) < end; root = child) {
      if (child + 1 < end && compare(items + child * bytes, items + (child + 1) * bytes) < 0) child++;
      if (compare(items + root * bytes, items + child * bytes) >= 0) break;
      memcpy(held, items + root * bytes, bytes);
      memcpy(items + root * bytes, items + child * bytes, bytes);
      memcpy(items + child * bytes, held, bytes);
    }
  }
}

extern unsigned char __heap_base;
static unsigned long next_free;

/** Memory that lasts as long as the instance; 0 where there is none. */
EXPORT("allocate") void *allocate(unsigned long bytes) {
  if (next_free == 0) next_free = (unsigned long)&__heap_base;
  unsigned long at = (next_free + 15) & ~15ul;
  unsigned long have = __builtin_wasm_memory_size(0) << 16;
  unsigned long end = at + bytes;
  if (end > have && __builtin_wasm_memory_grow(0, (end - have + 65535) >> 16) == (unsigned long)-1) return 0;
  next_free = end;
  return (void *)at;
}

#endif
