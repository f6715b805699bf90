// The command line: one JSON document on stdout, progress on stderr, exit 0, 1 (failed) or 2 (usage).
import { Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { SPLIT_NAMES } from '../../shared/protocol/split.ts';
import * as commands from './commands.ts';
import { explain, type Explained } from './failure.ts';
import { features, type FeaturesOptions } from './features-command.ts';
import { live, type LiveOptions } from './live-command.ts';
import { Interrupted } from './local-engine.ts';
import * as labelCommands from './labels-commands.ts';
import * as values from './option-values.ts';
import * as runs from './runs-commands.ts';
import { train, type TrainOptions } from './train-command.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Plain text of a result, for people; --json is for programs. */
function forPeople(document: object): string {
  return Object.entries(document)
    .flatMap(([key, value]) =>
      isTable(value) ? [`${key}:`, ...value.map((row) => `  ${inWords(row)}`)] : `${key}: ${inWords(value)}`,
    )
    .join('\n');
}

/** Rows that deserve a line each. */
function isTable(value: unknown): value is unknown[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((row) => typeof row === 'object' && row !== null)
  );
}

function inWords(value: unknown): string {
  if (typeof value === 'number')
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.length > 0 ? value.map(inWords).join(' ') : 'none';
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([key, item]) => `${key} ${inWords(item)}`)
    .join(', ');
}

interface OutputOptions {
  readonly json?: boolean;
}

function print(document: object, { json }: OutputOptions): void {
  process.stdout.write(`${json ? JSON.stringify(document) : forPeople(document)}\n`);
}

/** A command with the options that all of them take. */
function command(signature: string, description: string, parent: Command = program): Command {
  return parent
    .command(signature)
    .description(description)
    .option('--json', 'print one JSON document on stdout')
    .option('--workspace <dir>', 'index, ledger and runs are kept here (default: the user-data folder)')
    .exitOverride();
}

const withTable = (it: Command): Command =>
  it
    .option('--table <file>', 'a CSV or TSV that names files and labels')
    .option('--map <pairs>', 'its columns: file=file_id,label=emotion,speaker=speaker_id')
    .option('--audio <dir>', 'where the files of the table are (default: FOLDER)');

const program = new Command('pathos')
  .description('Pathos Studio on the command line: acted emotional speech, from corpus to score.')
  .version(packageJson.version)
  .exitOverride()
  .showHelpAfterError('Add --help to see how it is used.');

withTable(command('index <folder>', 'index a corpus, or what changed in it')).action(
  async (folder: string, options: commands.IndexOptions & OutputOptions) =>
    print(await commands.index(folder, options), options),
);

command('features <path>', 'the features of one clip, as the network sees them, or of all files in a folder')
  .option('--recipe <name>', 'classic, all, or a JSON file', 'classic')
  .option('--raw', 'all frames, neither padded nor cut')
  .option('--workers <n>', 'for a folder: side by side at most', values.workers)
  .option('--no-cache', 'for a folder: compute everything, keep nothing')
  .action(async (file: string, options: FeaturesOptions & OutputOptions) =>
    print(await features(file, options), options),
  );

withTable(command('train <folder>', 'train a recipe and score it'))
  .option('--recipe <name>', 'a preset, or a JSON file', 'classic')
  .addOption(
    new Option(
      '--split <name>',
      'loso: every speaker by a model that never heard them; random: 80/20, reads high; and others',
    )
      .choices(SPLIT_NAMES)
      .default('loso'),
  )
  .option('--folds <n>', 'of grouped-k-fold and random-k-fold (default: 5)', values.folds)
  .option(
    '--share <n>',
    'tested on, of hold-out-speakers and random (default: 0.2)',
    values.betweenZeroAndOne,
  )
  .option('--hold-out <speakers>', 'of hold-out-speakers, with commas between them (default: drawn)')
  .option('--test-corpus <folder>', 'of cross-corpus: what is tested on')
  .option(
    '--label-map <pairs>',
    'of cross-corpus: wut=anger,neutral= (default: as label sets map them, else by name)',
  )
  .addOption(new Option('--class-weights <kind>', 'in the loss').choices(['none', 'balanced']))
  .option(
    '--validation <share>',
    'of the training speakers, to choose the best epoch on',
    values.betweenZeroAndOne,
  )
  .option('--early-stopping <epochs>', 'stop after so many without a better one', values.patience)
  .addOption(
    new Option(
      '--keep <epoch>',
      "whose weights a fold ends with (default: the recipe's; best where the two above alone set speakers aside)",
    ).choices(['last', 'best']),
  )
  .addOption(new Option('--monitor <figure>', 'what tells the best epoch').choices(['loss', 'accuracy']))
  .option('--seed <n>', 'seed of weights, batches and split', values.seed, 1)
  .option('--keep-flagged', 'use clips flagged as bad recordings, which are left out otherwise')
  .option('--epochs <n>', "instead of the recipe's number", values.epochs)
  .option(
    '--folds-in-parallel <n>',
    'trained side by side at most (default: the cores)',
    values.foldsInParallel,
  )
  .option('--threads <n>', 'of one fold (default: the cores that the folds leave)', values.threads)
  .addOption(
    new Option('--backend <name>', 'default: wasm, the faster one here').choices(['tensorflow', 'wasm']),
  )
  .action(async (folder: string, options: TrainOptions & OutputOptions) =>
    print(await train(folder, options), options),
  );

type PlainOptions = commands.CommonOptions & OutputOptions;

command('runs', 'all runs of the workspace, newest first').action(async (options: PlainOptions) =>
  print(await runs.listRuns(options), options),
);

const run = program.command('run').description('one run').exitOverride();

command('show', 'what it was, which clips its folds used, and what it answered', run)
  .argument('<id>', 'a run number, or "last"', values.runReference)
  .action(async (id: string, options: PlainOptions) => print(await runs.showRun(id, options), options));

command('resume', 'go on with a run that was paused, or left folds unfinished', run)
  .argument('<id>', 'a run number', values.runNumber)
  .action(async (id: string, options: PlainOptions) => print(await runs.resumeRun(id, options), options));

command('compare', 'two runs on the clips that both were tested on')
  .argument('<a>', 'a run number', values.runNumber)
  .argument('<b>', 'a run number', values.runNumber)
  .action(async (a: string, b: string, options: PlainOptions) =>
    print(await runs.compareRuns(a, b, options), options),
  );

command('card', 'the protocol card of a run: all that repeating it takes')
  .argument('<id>', 'a run number, or "last"', values.runReference)
  .action(async (id: string, options: PlainOptions) => print(await runs.card(id, options), options));

command('rerun <card> [folder]', 'repeat a run from its protocol card, and say whether it matches')
  .option('--test-corpus <folder>', 'of a cross-corpus run')
  .action(async (file: string, folder: string | undefined, options: runs.RerunOptions & OutputOptions) =>
    print(await runs.rerun(file, folder, options), options),
  );

command('predict <file>', 'the emotion of one audio file')
  .option('--run <id>', 'a run number, or "last"', values.runReference, 'last')
  .option('--over-time', 'the answers of sliding windows instead')
  .action(async (file: string, options: commands.PredictOptions & OutputOptions) =>
    print(await commands.predict(file, options), options),
  );

const labels = program.command('labels').description('labels of a corpus').exitOverride();
withTable(command('export <folder>', 'every clip with its current label', labels))
  .addOption(new Option('--csv', 'print a CSV on stdout').conflicts('json'))
  .option('--segments', 'every segment instead of every clip')
  .action(
    async (folder: string, options: labelCommands.LabelsOptions & OutputOptions & { csv?: boolean }) => {
      const document = await labelCommands.exportLabels(folder, options);
      if (options.csv) process.stdout.write(labelCommands.labelsAsCsv(document.rows, options));
      else print(document, options);
    },
  );

withTable(
  command(
    'agreement <folder>',
    "how far the raters of a corpus agree: Cohen's and Fleiss' kappa, Krippendorff's alpha",
  ),
)
  .option('--raters <names>', 'these alone, with commas between them')
  .option('--corpus-labels', 'take the labels that the corpus came with as one more rater')
  .option('--blind', 'only decisions made blind')
  .action(async (folder: string, options: labelCommands.AgreementOptions & OutputOptions) =>
    print(await labelCommands.agreement(folder, options), options),
  );

withTable(command('history <folder>', 'everything that was decided about a corpus, oldest first')).action(
  async (folder: string, options: commands.IndexOptions & OutputOptions) =>
    print(await labelCommands.history(folder, options), options),
);

command('live <file>', 'a file down the path of the microphone: the answer to every window of it')
  .option('--run <id>', 'a run number, or "last"', values.runReference, 'last')
  .option(
    '--folds <which>',
    'of a run with several: a fold from 1, or "all" (default: their mean where that answers in time)',
    values.whichFolds,
  )
  .option('--gate <dBFS>', 'below this level nothing is a voice', Number)
  .option('--unsure <probability>', 'below this nothing is answered (default: from held-out clips)', Number)
  .action(async (file: string, options: LiveOptions & OutputOptions) =>
    print(await live(file, options), options),
  );

/** With --json even a failure is one document. */
function answerFailure(error: Explained): void {
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ error })}\n`);
}

// npm runs scripts in the project's folder; paths are meant from where the person stands.
const stoodIn = process.env['npm_lifecycle_event'] === 'pathos' ? process.env['INIT_CWD'] : undefined;
if (stoodIn !== undefined) process.chdir(stoodIn);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help that was asked for is no failure; commander has printed either.
    process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (error.exitCode !== 0)
      answerFailure({ code: 'USAGE', message: error.message.replace(/^error: /, '') });
  } else {
    const explained = explain(error);
    console.error([explained.message, explained.next].filter(Boolean).join(' '));
    // A bug: where it happened belongs in the report.
    if (explained.code === 'INTERNAL' && error instanceof Error) console.error(error.stack);
    answerFailure(explained);
    process.exitCode = error instanceof commands.UsageError ? EXIT_USAGE : EXIT_FAILED;
    // What was under way has nobody left to answer.
    if (error instanceof Interrupted) process.stdout.write('', () => process.exit());
  }
}
