// Which speakers of a fold's training side are set aside to choose an epoch on.
import { UserError } from '../../shared/contract/errors.ts';
import type { SplitClip } from './fold-plan.ts';
import { drawSpeakers } from './test-sides.ts';

export interface ValidationSettings {
  /** Of the training side's speakers. */
  readonly share: number;
  /** Puts speakers into an order of the seed's. */
  readonly shuffled: (speakers: string[]) => string[];
}

/**
 * Speakers to set aside, and their clips: from the training side only.
 * @param side positions of the clips that the fold could train on
 * @throws UserError BAD_INPUT where clips name no speaker, or nobody can be spared
 */
export function chooseValidation(
  side: readonly number[],
  clips: readonly SplitClip[],
  labels: readonly string[],
  { share, shuffled }: ValidationSettings,
): { speakers: string[]; validation: number[] } {
  const nameless = side.find((i) => clips[i]!.speaker === null);
  if (nameless !== undefined)
    throw new UserError(
      'BAD_INPUT',
      `Setting speakers aside for validation needs to know who speaks: ${clips[nameless]!.path} names no speaker.`,
      { path: clips[nameless]!.path, next: 'Choose a recipe without validation speakers, such as classic.' },
    );
  const names = [...new Set(side.map((i) => clips[i]!.speaker!))].sort();
  const speakers = drawSpeakers(side, clips, labels, share, shuffled(names)).sort();
  if (speakers.length === 0)
    throw new UserError(
      'BAD_INPUT',
      `No speaker can be set aside for validation: ${names.length === 1 ? 'a fold trains on one alone' : 'each of them is the only one to say some label'}.`,
      { next: 'Choose a recipe without validation speakers, such as classic.' },
    );
  const aside = new Set(speakers);
  return { speakers, validation: side.filter((i) => aside.has(clips[i]!.speaker!)) };
}
