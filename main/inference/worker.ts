// The predictor process: keeps models loaded and answers with a clip's probabilities.
import { UserError } from '../../shared/contract/errors.ts';
import { tellParent } from '../process/parent.ts';
import { Models } from './models.ts';
import type { PredictAnswer, PredictRequest } from './messages.ts';

const models = new Models();

async function answer(request: PredictRequest): Promise<PredictAnswer> {
  try {
    const probabilities = await models.predict(request.folders, request, request.backend);
    return { id: request.id, probabilities };
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
  void answer(request).then(tellParent);
});
