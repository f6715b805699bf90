// Power to decibels.

export interface DecibelSettings {
  /** Smallest power before the logarithm. */
  amin: number;
  /** Range kept below the loudest value of the array, in dB. */
  topDb: number;
}

/**
 * 10 log10(max(amin, power)) in place, then lifted to no less than `topDb` below the array's own maximum.
 *
 * Source: librosa.power_to_db(ref=1.0, amin, top_db). Reference power is 1, so full scale is not 0 dB.
 */
export function powerToDb(values: Float64Array, { amin, topDb }: DecibelSettings): void {
  let peakDb = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const db = 10 * Math.log10(Math.max(amin, values[i]!));
    values[i] = db;
    if (db > peakDb) peakDb = db;
  }
  const floorDb = peakDb - topDb;
  for (let i = 0; i < values.length; i++) if (values[i]! < floorDb) values[i] = floorDb;
}
