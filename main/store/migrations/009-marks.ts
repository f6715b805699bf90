// What raters and models have remarked about clips, found without a walk over all; runs say what they left out for it.
import { STEM } from '../clip-stem.ts';
import type { Migration } from './migration.ts';

/** Few of many clips have a mark: an index holds these alone. */
function markIndex(name: string, condition: string): string {
  return `
    CREATE INDEX clips_${name} ON clips (corpus_id, clip_id) WHERE state = 'good' AND ${condition};`;
}

export const marks: Migration = {
  version: 9,
  name: 'marks',
  sql: `
    -- Derived from the ledger: raters differ, and no resolution holds.
    ALTER TABLE clips ADD COLUMN disputed INTEGER NOT NULL DEFAULT 0;
    UPDATE clips SET disputed = 1
    WHERE clip_id IN (SELECT clip_id FROM rater_labels GROUP BY clip_id HAVING count(DISTINCT label) > 1)
      AND (resolved = 0 OR EXISTS (
        SELECT 1 FROM rater_labels o WHERE o.clip_id = clips.clip_id AND o.label IS NOT clips.label
          AND o.event_id > (
            SELECT max(e.event_id) FROM label_events e
            JOIN decisions d ON d.decision_id = e.decision_id AND d.kind = 'resolve'
            JOIN decision_states s ON s.decision_id = d.decision_id AND s.state = 'active'
            WHERE e.clip_id = clips.clip_id AND e.segment_id IS NULL
              AND NOT EXISTS (SELECT 1 FROM reverted_events r WHERE r.event_id = e.event_id))));

    -- What a model said of the recording, from the file beside it, as JSON: no label, and in no ledger.
    ALTER TABLE clips ADD COLUMN opinion TEXT;
    ${markIndex('bad', 'bad = 1')}
    ${markIndex('noted', 'note IS NOT NULL')}
    ${markIndex('disputed', 'disputed = 1')}
    ${markIndex('resolved', 'resolved = 1')}
    ${markIndex('relabelled', 'label IS NOT imported_label')}

    -- What a name begins with: one or two characters are looked for here, for trigrams begin at three.
    CREATE INDEX clips_by_stem ON clips (corpus_id, ${STEM}, clip_id, label, speaker, sex, rater, utterance)
    WHERE state = 'good';

    -- Labels are versioned with the flag, for a flagged clip is left out of training.
    UPDATE corpora SET label_digest = NULL WHERE corpus_id IN (SELECT corpus_id FROM clips WHERE bad = 1);
    -- Earlier runs used flagged clips as any other.
    ALTER TABLE runs ADD COLUMN keeps_flagged INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE runs ADD COLUMN flagged_left_out INTEGER NOT NULL DEFAULT 0;
  `,
};
