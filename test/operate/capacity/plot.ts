/** A line of a plot, and the points that it is held against. */
export interface Series {
  readonly name: string;
  readonly color: string;
  readonly line: readonly Point[];
  readonly dots: readonly Point[];
}

type Point = readonly [x: number, y: number];

const [WIDTH, HEIGHT, LEFT, TOP] = [760, 420, 60, 30];
const [X_FROM, X_TO, Y_FROM, Y_TO] = [1, 5, -3, 4];

/** Calls a second by how many objects there are, both in powers of ten. */
export function plot(
  series: readonly Series[],
  limits: readonly (readonly [string, number])[],
): string {
  const grid = [
    ...range(X_FROM, X_TO).map(power => {
      const x = xOf(10 ** power);
      return `<path class="grid" d="M${x} ${TOP}V${HEIGHT - 40}"/><text x="${x}" y="${HEIGHT - 22}" text-anchor="middle">${(10 ** power).toLocaleString('en')}</text>`;
    }),
    ...range(Y_FROM, Y_TO).map(power => {
      const y = yOf(10 ** power);
      return `<path class="grid" d="M${LEFT} ${y}H${WIDTH - 150}"/><text x="${LEFT - 6}" y="${y + 4}" text-anchor="end">${10 ** power}</text>`;
    }),
  ];
  const lines = limits.map(
    ([name, value]) =>
      `<path class="limit" d="M${LEFT} ${yOf(value)}H${WIDTH - 150}"/><text x="${WIDTH - 145}" y="${yOf(value) + 4}">${name}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img" aria-label="Calls a second to Parameter Store by the number of ExternalSecrets">
<style>.grid{stroke:#d0d7de;fill:none}.limit{stroke:#cf222e;stroke-dasharray:6 3;fill:none}.line{fill:none;stroke-width:2}</style>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${[...grid, ...lines, ...series.map(seriesSvg)].join('\n')}
<text x="${LEFT}" y="18">calls a second in a day: lines by the formula, dots simulated</text>
<text x="${(LEFT + WIDTH - 150) / 2}" y="${HEIGHT - 5}" text-anchor="middle">ExternalSecrets with 4 parameters each</text>
</svg>
`;
}

function seriesSvg({ name, color, line, dots }: Series, index: number): string {
  const path = line.map(([x, y]) => `${xOf(x)} ${yOf(y)}`).join('L');
  const points = dots.map(
    ([x, y]) => `<circle cx="${xOf(x)}" cy="${yOf(y)}" r="4" fill="${color}"/>`,
  );
  const y = HEIGHT - 60 - index * 18;
  const key = `<path class="line" stroke="${color}" d="M${WIDTH - 145} ${y - 4}h20"/><text x="${WIDTH - 120}" y="${y}">${name}</text>`;
  return `<path class="line" stroke="${color}" d="M${path}"/>${points.join('')}${key}`;
}

function xOf(value: number): number {
  return scaled(Math.log10(value), [X_FROM, X_TO], [LEFT, WIDTH - 150]);
}

function yOf(value: number): number {
  return scaled(Math.log10(value), [Y_FROM, Y_TO], [HEIGHT - 40, TOP]);
}

function scaled(value: number, [from, to]: Point, [start, end]: Point): number {
  return Math.round((start + ((value - from) / (to - from)) * (end - start)) * 10) / 10;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
