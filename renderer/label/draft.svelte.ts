// What goes with the next label: a reason, how sure the rater is, a secondary label. Kept while other rooms are on screen.
import type { LabelPatch } from '../../shared/contract/schemas.ts';

class Draft {
  reason = $state('');
  confidence = $state<number | null>(null);
  secondaryLabel = $state<string | null>(null);
  /** The next number key is about the secondary label. */
  secondaryNext = $state(false);

  /** What a label takes with it, and an empty draft for the next one. */
  take(label: string | null): { patch: LabelPatch; reason: string | null } {
    const reason = this.reason.trim();
    const patch: LabelPatch = {
      label,
      ...(this.confidence !== null && { confidence: this.confidence }),
      ...(this.secondaryLabel !== null && { secondaryLabel: this.secondaryLabel }),
    };
    this.clear();
    return { patch, reason: reason === '' ? null : reason };
  }

  clear(): void {
    this.reason = '';
    this.confidence = null;
    this.secondaryLabel = null;
    this.secondaryNext = false;
  }
}

export const draft = new Draft();
