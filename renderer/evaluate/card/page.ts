// The protocol card as a page of its own: one sheet that prints, without script and without anything from outside.
import type { Interval, ProtocolCard } from '../../../shared/contract/schemas.ts';
import { SPLIT_WORDS } from '../../../shared/protocol/split.ts';
import { splitInWords } from '../../train/words.ts';
import { formatInterval, formatRate, plural } from '../../ui/format.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

const STYLE = `
  @page { size: A4; margin: 16mm; }
  * { box-sizing: border-box; }
  body { margin: 0 auto; padding: 24px; max-width: 178mm; color: #16181d; background: #fff; font: 12px/1.45 Inter, system-ui, sans-serif; }
  @media print { body { padding: 0; } }
  h1 { margin: 0; font-size: 20px; } h2 { margin: 16px 0 4px; font-size: 13px; }
  p { margin: 4px 0; } .faint { color: #5b616e; } .figures { display: flex; gap: 32px; margin: 12px 0; }
  .figures b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; }
  .warn { padding: 6px 8px; border-left: 3px solid #a15c00; background: #fff6e5; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  th { font-weight: 600; text-align: left; white-space: nowrap; } th, td { padding: 2px 10px 2px 0; vertical-align: top; }
  .matrix td, .matrix thead th { text-align: right; } .own { font-weight: 700; }
  code { font: 11px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }`;

/** Two columns: what, and what it is. Values are text, not markup. */
function facts(rows: readonly (readonly [string, string])[]): string {
  const body = rows.map(([what, value]) => `<tr><th>${escaped(what)}</th><td>${escaped(value)}</td></tr>`);
  return `<table>${body.join('')}</table>`;
}

function figure(name: string, value: number | null, interval?: Interval): string {
  const below = interval === undefined ? '' : `<span class="faint">95 % ${formatInterval(interval)}</span>`;
  return `<div>${name}<b>${formatRate(value)}</b>${below}</div>`;
}

function matrix({ labels, figures: { confusion } }: ProtocolCard): string {
  if (confusion === null) return '<p class="faint">No test clip has been scored.</p>';
  const head = labels.map((label) => `<th>${escaped(label)}</th>`).join('');
  const rows = confusion.map((counts, row) => {
    const cells = counts.map((count, column) => `<td${row === column ? ' class="own"' : ''}>${count}</td>`);
    return `<tr><th>${escaped(labels[row] ?? '')}</th>${cells.join('')}</tr>`;
  });
  const corner = '<th class="faint">label \\ heard as</th>';
  return `<table class="matrix"><thead><tr>${corner}${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function leakage({ leakage: { testClips, speakerClips, takeClips, duplicateClips } }: ProtocolCard): string {
  const kinds = [
    [speakerClips, 'by a speaker'],
    [takeClips, 'beside another take of theirs'],
    [duplicateClips, 'with content'],
  ] as const;
  const found = kinds.filter(([clips]) => clips > 0).map(([clips, what]) => `${clips} ${what}`);
  return found.length === 0
    ? `None of ${plural(testClips, 'test clip')} shares a speaker, a take or its content with training`
    : `Of ${plural(testClips, 'test clip')}, ${found.join(', ')} that was trained on`;
}

/** The name a card is called by: as somebody named the run, else what it is. */
export function cardTitle(card: ProtocolCard): string {
  return card.name || `${card.recipe.name} on ${card.corpus.name}, ${SPLIT_WORDS[card.split.name].short}`;
}

/**
 * A whole HTML document. @param styleNonce for a page that is shown inside the studio's, whose policy holds there too
 * @returns markup in which every word of the card is escaped
 */
export function cardPage(card: ProtocolCard, styleNonce = ''): string {
  const { corpus, testCorpus, figures, labelVersion, recipe, split, versions } = card;
  const words = SPLIT_WORDS[split.name];
  const unfinished =
    card.state === 'done' ? '' : `<p class="warn">The run is ${card.state}: not every fold counts.</p>`;
  const synthetic = corpus.synthetic
    ? '<p class="warn">The corpus is synthetic: no person spoke it.</p>'
    : '';
  const tested = testCorpus
    ? ([
        ['Tested on', `${testCorpus.name}, ${plural(testCorpus.clips, 'clip')}, SHA-256 ${testCorpus.hash}`],
      ] as const)
    : [];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Protocol card: ${escaped(cardTitle(card))}</title><style${styleNonce && ` nonce="${escaped(styleNonce)}"`}>${STYLE}</style></head><body>
<h1>${escaped(cardTitle(card))}</h1>
<p class="faint">Protocol card · Pathos Studio ${escaped(versions.studio)} · ${escaped(card.createdAt)}</p>
<p>${escaped(card.protocol)}</p>
${synthetic}${unfinished}
<div class="figures">
${figure('UAR', figures.uar, figures.uarInterval)}
${figure('Accuracy', figures.accuracy, figures.accuracyInterval)}
${figure('Macro F1', figures.macroF1)}
${figure('ECE', figures.ece)}
</div>
<p class="faint">Intervals: bootstrap over speakers. ${plural(figures.clips, 'test clip')} of ${plural(figures.speakers, 'speaker')}.</p>
<h2>What was done</h2>
${facts([
  ['Corpus', `${corpus.name}, ${plural(corpus.clips, 'clip')}, SHA-256 ${corpus.hash}`],
  ...tested,
  ['Labels', `${card.labels.join(', ')}; version ${labelVersion.version}, ${labelVersion.hash}`],
  ['Protocol', `${splitInWords(split)}. ${words.claims}`],
  ['It overstates', words.overstates],
  ['Leakage', leakage(card)],
  ['Folds done', String(figures.foldsDone)],
  ['Seed', String(card.seed)],
  ['Computed', `${card.backend}, ${card.path}, ${plural(card.threads, 'thread')} a fold`],
  ['Versions', `Node ${versions.node}, ${versions.platform}`],
])}
<h2>Confusion, clips</h2>
${matrix(card)}
<h2>Recipe and split</h2>
<code>${escaped(JSON.stringify({ recipe, split }, null, 1))}</code>
</body></html>`;
}
