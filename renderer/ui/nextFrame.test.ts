import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NextFrame } from './nextFrame.ts';

let frames: (() => void)[] = [];
beforeEach(() => {
  frames = [];
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => frames.push(work));
  vi.stubGlobal('cancelAnimationFrame', (id: number) => (frames[id - 1] = () => undefined));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('NextFrame', () => {
  it('does the work once a frame, however often it is asked for', () => {
    let done = 0;
    const next = new NextFrame(() => (done += 1));
    for (let i = 0; i < 100; i += 1) next.ask();
    frames.splice(0).forEach((frame) => frame());
    expect(done).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(done).toBe(1);
    next.ask();
    frames.forEach((frame) => frame());
    expect(done).toBe(2);
  });

  it('does it without a frame where none comes, and not at all once it is cancelled', () => {
    let done = 0;
    const next = new NextFrame(() => (done += 1));
    next.ask();
    vi.advanceTimersByTime(1000);
    expect(done).toBe(1);
    next.ask();
    next.cancel();
    vi.advanceTimersByTime(1000);
    frames.forEach((frame) => frame());
    expect(done).toBe(1);
  });
});
