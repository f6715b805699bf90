// Small drawings for the first run: shapes of what the rooms show, made from formulas. They stand for no data.

const WIDTH = 220;
const HEIGHT = 72;

/** A symmetric outline like that of six syllables. */
export function wavePicture(): string {
  const middle = HEIGHT / 2;
  const amplitude = (x: number) => {
    const syllable = Math.abs(Math.sin((x / WIDTH) * Math.PI * 6)) ** 1.6;
    const phrase = 0.35 + 0.65 * Math.abs(Math.sin((x / WIDTH) * Math.PI * 2.3 + 0.6));
    const grain =
      0.72 + 0.28 * Math.abs(Math.sin(x * 12.9898) * 43.7 - Math.trunc(Math.sin(x * 12.9898) * 43.7));
    return Math.max(0.6, syllable * phrase * grain * 30);
  };
  const bars: string[] = [];
  for (let x = 1; x < WIDTH; x += 2) {
    const a = amplitude(x);
    bars.push(`M${x} ${(middle - a).toFixed(1)}V${(middle + a).toFixed(1)}`);
  }
  return bars.join('');
}

/** A learning curve from `start` to `end` with a little noise of its own `phase`, 0..1 upwards. */
export function curvePicture(start: number, end: number, phase: number): string {
  const points = Array.from({ length: 30 }, (_, i) => {
    const noise = 0.03 * Math.sin(i * 1.7 + phase * 5) * Math.sin(i * 0.9 + phase);
    const value = end + (start - end) * Math.exp(-i / 6) + noise;
    return `${((WIDTH - 1) * i) / 29} ${(HEIGHT - 2 - (HEIGHT - 6) * value).toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}
