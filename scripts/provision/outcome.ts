// What every provisioning step answers: the thing is there, or why not and what works without it.

/** What could not be had: one plain sentence each, and the command that would install it where there is one. */
export interface Missing {
  ok: false;
  reason: string;
  without: string;
  command?: string;
}

/** `ok: true` with the step's own facts, or {@link Missing}. Steps answer; they do not throw. */
export type Outcome<Facts extends object> = ({ ok: true } & Facts) | Missing;

/** Writes one progress line to stderr; stdout stays free for results. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The sentence people read about a step that could not be done. */
export function explain(thing: string, missing: Missing): string {
  const command = missing.command ? ` To install it: ${missing.command}` : '';
  return `${thing}: ${missing.reason} ${missing.without}${command}`;
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
