// What the tests of the store start from: a corpus of clips that need no files.
import { saveCorpus } from './corpora.ts';
import type { Store } from './database.ts';
import { finishIndex, indexedClips, writeClips, type ClipRecord } from './indexing.ts';

/** A good clip as an opening finds it. */
export function clipRecord(path: string, changes: Partial<ClipRecord> = {}): ClipRecord {
  return {
    ...{ path, speaker: 'ann', sex: 'female', utterance: null, text: null, take: null, label: 'anger' },
    ...{ durationSeconds: 1.5, sampleRateHz: 16000, channels: 1, encoding: '16-bit PCM' },
    ...{ audioDefect: null, nameDefect: null, sizeBytes: 1, modifiedMs: 1, contentHash: path, opinion: null },
    ...changes,
  };
}

/** A corpus of these clips; returns its id. Clip ids follow the order of the records in an empty store. */
export function corpusOf(store: Store, records: readonly ClipRecord[], folder = '/corpus'): number {
  const corpusId = saveCorpus(store, {
    ...{ folder, name: 'x', adapter: 'folders', synthetic: false, table: null },
  });
  const known = indexedClips(store, corpusId);
  const writes = records.map((item) => ({ known: known.get(item.path), record: item }));
  writeClips(store, corpusId, writes, null);
  finishIndex(store, corpusId, []);
  return corpusId;
}

/** Six clips, 1 to 6, of two speakers in turn, with these labels. */
export function sixClips(store: Store): number {
  return corpusOf(
    store,
    ['anger', 'anger', 'fear', 'sadness', null, 'bewilderment'].map((label, index) =>
      clipRecord(`${index + 1}.wav`, { label, speaker: index % 2 ? 'bob' : 'ann' }),
    ),
  );
}
