// The predictor process: keeps models loaded and answers with a clip's probabilities.
import { UserError } from '../../shared/contract/errors.ts';
import { loadBackend } from '../training/backend.ts';
import { Models } from './models.ts';
import type { PredictAnswer, PredictRequest } from './protocol.ts';

const models = new Models();
let backend: Promise<void> | null = null;

async function answer(request: PredictRequest): Promise<PredictAnswer> {
  try {
    backend ??= loadBackend(request.backend);
    await backend;
    return { id: request.id, probabilities: await models.predict(request.folders, request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      id: request.id,
      error: message,
      path: error instanceof UserError ? (error.data?.path ?? null) : null,
    };
  }
}

process.on('disconnect', () => process.exit(0));
process.on('message', (request: PredictRequest) => {
  void answer(request).then((message) => process.send?.(message));
});
