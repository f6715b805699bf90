// Starts the worker that draws. The bundler finds its file by exactly these words.

export function startPainter(): Worker {
  return new Worker(new URL('./painter.worker.ts', import.meta.url), { type: 'module' });
}
