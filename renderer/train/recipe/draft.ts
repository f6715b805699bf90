// A recipe while it is edited: plain JSON by dotted paths, and what is wrong with it in words. Pure.
import type { z } from 'zod';

export interface Problem {
  /** Dotted: "features.tracks.0.coefficients"; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

type Branch = Record<string, unknown> | unknown[];

/** The value at a path; undefined where there is none. */
export function getAt(value: unknown, path: string): unknown {
  let at = value;
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** A copy with another value at a path; branches that are not touched are shared. */
export function setAt(value: unknown, path: string, next: unknown): unknown {
  const [key, ...rest] = path.split('.') as [string, ...string[]];
  const copy: Branch = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const branch = copy as Record<string, unknown>;
  branch[key] = rest.length === 0 ? next : setAt(branch[key], rest.join('.'), next);
  return copy;
}

/** What was typed, as a number where it is one; else as it is, for the schema to refuse. */
export function typedNumber(text: string): number | string {
  const trimmed = text.trim().replace(',', '.');
  return trimmed !== '' && Number.isFinite(Number(trimmed)) ? Number(trimmed) : text;
}

/** The schema's findings in words. */
export function problemsOf(issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.map((issue) => ({ path: issue.path.join('.'), message: inWords(issue) }));
}

function inWords(issue: z.core.$ZodIssue): string {
  const number = (value: unknown): string => Number(value).toLocaleString('en-GB');
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int'
        ? 'A whole number.'
        : issue.expected === 'number'
          ? 'A number.'
          : issue.message;
    case 'too_small':
      if (issue.origin === 'array') return 'At least one.';
      if (issue.origin === 'string') return 'Not empty.';
      return `${issue.inclusive ? 'At least' : 'More than'} ${number(issue.minimum)}.`;
    case 'too_big':
      return `${issue.inclusive ? 'At most' : 'Less than'} ${number(issue.maximum)}.`;
    default:
      return `${issue.message.charAt(0).toUpperCase()}${issue.message.slice(1).replace(/\.?$/, '.')}`;
  }
}
