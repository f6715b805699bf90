// What a command is: something that can be done by name or by key.

export interface Command {
  /** Unique among the commands on screen. */
  id: string;
  /** In the imperative: "Play the clip". */
  label: string;
  /** Heading it is listed under: "Everywhere", "Label". */
  scope: string;
  /** Chords, the first one shown: "Ctrl K", "J", "Space". */
  keys?: readonly string[];
  run: () => void;
  /** Absent: always. */
  enabled?: () => boolean;
  /** Whether holding the key down runs it again. */
  repeats?: boolean;
  /** Listed under `?` but not in the palette, as moving by arrows. */
  keysOnly?: boolean;
}

/** A command with the keys it has now. */
export interface KeyedCommand extends Command {
  /** The keys it has unless others were given to it. */
  ownKeys?: readonly string[];
}
