// The kernel's entry: runs tapes, lists of operations on addresses, alone or together with a second thread.
//
// A tape is a row of records of 16 int32: the operation (numbered as in tape.ts) and its arguments, addresses and
// distances in bytes; operation 0 ends it. All memory is laid out by the caller.
import { product, transposedProduct } from './gemm.ts';
import {
  activate,
  activateBackward,
  adam,
  columnSums,
  copyPanels,
  multiply,
  softmaxLoss,
  transpose,
} from './layers.ts';
import { lstmBackward, lstmForward } from './lstm.ts';

const RECORD: usize = 64;
/** How often a thread looks before it sleeps: some 50 microseconds. */
const SPINS: i32 = 30_000;

/** Argument `index` of the record at `tape`, from 1. */
// @ts-ignore: decorator
@inline
function word(tape: usize, index: usize): usize {
  return <usize>load<u32>(tape + (index << 2));
}

/** Runs a tape. */
export function run(tape: usize): void {
  for (; ; tape += RECORD) {
    const a = word(tape, 1);
    const b = word(tape, 2);
    const c = word(tape, 3);
    const d = word(tape, 4);
    const e = word(tape, 5);
    const f = word(tape, 6);
    const g = word(tape, 7);
    const h = word(tape, 8);
    const i = word(tape, 9);
    const j = word(tape, 10);
    const k = word(tape, 11);
    const l = word(tape, 12);
    switch (load<i32>(tape)) {
      case 1:
        product(a, b, c, d, e, f, g, h, i, j, k);
        break;
      case 2:
        transposedProduct(a, b, c, d, e, f, g, h);
        break;
      case 3:
        lstmForward(a, b, c, d, e, f, g, h, i, j, k, l);
        break;
      case 4:
        lstmBackward(a, b, c, d, e, f, g, h, i, j, k, l, word(tape, 13), word(tape, 14));
        break;
      case 5:
        columnSums(a, b, c, d, e);
        break;
      case 6:
        transpose(a, b, c, d);
        break;
      case 7:
        activate(a, b, c, d, e);
        break;
      case 8:
        activateBackward(a, b, c, d, e, f);
        break;
      case 9:
        softmaxLoss(a, b, c, d, e, f, g, h);
        break;
      case 10:
        multiply(a, b, c, d, e, f, g, h);
        break;
      case 11:
        copyPanels(a, b, c, d, e, f);
        break;
      case 12:
        for (let panel: usize = 0; panel < d; panel++) memory.fill(a + panel * b, 0, c);
        break;
      case 13:
        adam(a, b, c, d, e, f, g);
        break;
      default:
        return;
    }
  }
}

/**
 * Runs two tapes side by side: one here, the other in the thread that serves `control`. Returns when both are done.
 * @param control three int32, zero at first: how many tapes were given, how many are done, the tape
 */
export function runBoth(control: usize, mine: usize, other: usize): void {
  const turn = atomic.load<i32>(control) + 1;
  store<usize>(control, other, 8);
  atomic.store<i32>(control, turn);
  atomic.notify(control, 1);
  run(mine);
  waitFor(control + 4, turn);
}

/** The second thread's life: every tape that runBoth gives it, until the process ends it. */
export function serve(control: usize): void {
  for (let turn = 1; ; turn++) {
    waitFor(control, turn);
    run(load<usize>(control, 8));
    atomic.store<i32>(control + 4, turn);
    atomic.notify(control + 4, 1);
  }
}

function waitFor(address: usize, value: i32): void {
  for (let spin = 0; spin < SPINS; spin++) if (atomic.load<i32>(address) === value) return;
  for (let seen = atomic.load<i32>(address); seen !== value; seen = atomic.load<i32>(address))
    atomic.wait<i32>(address, seen, -1);
}
