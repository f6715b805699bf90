// Frames of tracks as lines of CSV.

/** A stretch of a track: `frames` rows of `columns.length` values. */
export interface TableTrack {
  readonly frames: number;
  readonly columns: readonly string[];
  readonly values: Float32Array;
}

export function tableHead(tracks: readonly TableTrack[]): string {
  return `${['frame', 'time_s', ...tracks.flatMap(({ columns }) => columns)].join(',')}\n`;
}

/** @param row of the stretch @param frame of the clip, centred on `frame * stepSeconds` */
export function tableLine(
  tracks: readonly TableTrack[],
  frame: number,
  row: number,
  stepSeconds: number,
): string {
  let line = `${frame},${(frame * stepSeconds).toFixed(6)}`;
  for (const { columns, values } of tracks) {
    for (let c = 0; c < columns.length; c++) line += `,${shortest(values[row * columns.length + c]!)}`;
  }
  return `${line}\n`;
}

/** Nine digits tell every float32 from its neighbours. */
function shortest(value: number): string {
  return String(Number(value.toPrecision(9)));
}
