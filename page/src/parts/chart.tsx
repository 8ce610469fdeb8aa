import { useId } from "preact/hooks";

export interface Series {
  name: string;
  /** Which colour of the style sheet. */
  tone: "good" | "bad" | "accent";
  values: number[];
}

const WIDTH = 640;
const HEIGHT = 180;
const LEFT = 8;
const BOTTOM = 20;

/** Bars of a day each, side by side. The table behind it says the same in numbers, so a screen reader skips the bars. */
export function Bars({ title, days, series, shown }: { title: string; days: string[]; series: Series[]; shown: (value: number) => string }) {
  const id = useId();
  const most = Math.max(1, ...series.flatMap((one) => one.values));
  const step = (WIDTH - LEFT) / Math.max(1, days.length);
  const wide = Math.max(1, (step * 0.72) / series.length);
  const high = (value: number): number => ((HEIGHT - BOTTOM - 14) * value) / most;
  return (
    <figure class="chart">
      <figcaption id={id}>
        {title}
        <span class="legend">
          {series.map((one) => (
            <span key={one.name} class={`key ${one.tone}`}>
              {one.name}
            </span>
          ))}
        </span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={id} preserveAspectRatio="none">
        <line class="axis" x1={LEFT} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
        <line class="grid" x1={LEFT} x2={WIDTH} y1={14} y2={14} />
        {series.map((one, index) =>
          one.values.map((value, at) =>
            value > 0 ? <rect key={`${one.name}${days[at]}`} class={one.tone} x={LEFT + at * step + step * 0.14 + index * wide} y={HEIGHT - BOTTOM - high(value)} width={wide} height={high(value)} rx="1" /> : null,
          ),
        )}
      </svg>
      <p class="scale" aria-hidden="true">
        <span>{days[0]}</span>
        <span>highest: {shown(most)}</span>
        <span>{days.at(-1)}</span>
      </p>
    </figure>
  );
}
