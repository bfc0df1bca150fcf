import classes from './plot.module.css';

/** How many came in from a moment on (UTC ms): those that went on and those that wait. */
export type CountSpan = { readonly from: number; readonly solid: number; readonly hollow: number };

/** A bar that stands on a flat foot, its head round. */
function bar(left: number, width: number, head: number, foot: number): string {
  const round = Math.min(3, width / 2, foot - head);
  const right = left + width;
  return `M${left} ${foot}V${head + round}q0 ${-round} ${round} ${-round}H${right - round}q${round} 0 ${round} ${round}V${foot}z`;
}

/** The bars themselves; those that wait stand on those that went on. */
export function CountBars({
  spans,
  every,
  x,
  y,
}: {
  spans: readonly CountSpan[];
  every: number;
  x: (ms: number) => number;
  y: (value: number) => number;
}) {
  return (
    <>
      {spans.map(({ from, solid, hollow }) => {
        const step = x(from + every) - x(from);
        const width = Math.max(3, Math.round(step * 0.62));
        const left = x(from) + (step - width) / 2;
        const line = width < 7 ? 1.25 : 2;
        // A stroke lies half outside its path.
        const inset = line / 2;
        const [foot, middle, head] = [y(0), y(solid), y(solid + hollow)];
        return (
          <g key={from}>
            {solid > 0 && (
              <path
                d={hollow > 0 ? `M${left} ${foot}V${middle}h${width}V${foot}z` : bar(left, width, middle, foot)}
                className={classes.solid}
              />
            )}
            {hollow > 0 && (
              <path
                d={bar(left + inset, width - line, Math.min(head + inset, middle - line), middle - inset)}
                strokeWidth={line}
                className={classes.hollow}
              />
            )}
          </g>
        );
      })}
    </>
  );
}
