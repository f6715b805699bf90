// A ladder: ways to get one thing, best first; the first that works is taken, the reasons of the others kept.
import { messageOf, say } from './outcome.ts';

/** One way. `hindrance` answers quickly whether it is worth trying; `take` does it or throws. */
export interface Rung<T> {
  name: string;
  /** Why this way cannot work here, in words; empty where it may. */
  hindrance: () => string | Promise<string>;
  /** Set where its absence is the usual case and explains nothing. */
  unremarkable?: boolean;
  take: () => Promise<T>;
}

/** What was reached and by which way, or why none worked; `reasons` has one line for each way that failed. */
export type Climb<T> =
  { ok: true; rung: string; value: T; reasons: string[] } | { ok: false; reasons: string[] };

/** Tries the rungs in order until one holds. */
export async function climb<T>(rungs: readonly Rung<T>[]): Promise<Climb<T>> {
  const reasons: string[] = [];
  for (const rung of rungs) {
    const hindrance = await rung.hindrance();
    if (hindrance) {
      if (!rung.unremarkable) reasons.push(`${rung.name}: ${hindrance}`);
      continue;
    }
    try {
      return { ok: true, rung: rung.name, value: await rung.take(), reasons };
    } catch (error) {
      reasons.push(`${rung.name}: ${messageOf(error)}`);
      say(`  ${rung.name} failed: ${messageOf(error)}`);
    }
  }
  return { ok: false, reasons };
}
