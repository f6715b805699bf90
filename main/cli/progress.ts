// Progress on stderr: a bar on a terminal, a line every ten per cent elsewhere.
import cliProgress from 'cli-progress';

export interface Progress {
  update(done: number, total: number, note: string): void;
  stop(): void;
}

export function createProgress(what: string): Progress {
  return process.stderr.isTTY ? terminalBar(what) : lines(what);
}

function terminalBar(what: string): Progress {
  const bar = new cliProgress.SingleBar(
    {
      format: `${what} {bar} {value}/{total} {note}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
    },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    update: (done, total, note) => {
      if (!started) bar.start(total, done, { note });
      started = true;
      bar.setTotal(total);
      bar.update(done, { note });
    },
    stop: () => bar.stop(),
  };
}

function lines(what: string): Progress {
  let lastTenth = -1;
  return {
    update: (done, total, note) => {
      const tenth = total > 0 ? Math.floor((done * 10) / total) : 0;
      if (tenth === lastTenth) return;
      lastTenth = tenth;
      console.error(`${what} ${done}/${total} ${note}`.trimEnd());
    },
    stop: () => undefined,
  };
}
