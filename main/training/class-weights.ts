// How much a label's clips weigh in the loss.

/**
 * `balanced` class weights: clips / (labels x clips of the label), as sklearn.utils.class_weight.compute_class_weight;
 * their mean over the clips is 1. A label without clips weighs 0.
 * @param targets label index of every clip
 * @param train positions of the clips that are trained on
 */
export function balancedWeights(targets: Int32Array, train: Int32Array, labels: number): Float32Array {
  const counts = new Int32Array(labels);
  for (const i of train) counts[targets[i]!]! += 1;
  return Float32Array.from(counts, (clips) => (clips === 0 ? 0 : train.length / (labels * clips)));
}
