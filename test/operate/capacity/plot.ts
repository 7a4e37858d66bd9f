import ejs from 'ejs';
import { readText } from '../../machine.ts';

/** A line of a plot, and the points that it is held against. */
export interface Series {
  readonly name: string;
  readonly color: string;
  readonly line: readonly Point[];
  readonly dots: readonly Point[];
}

type Point = readonly [x: number, y: number];

/** Calls a second by how many objects there are, both in powers of ten. */
export function plot(
  series: readonly Series[],
  limits: readonly (readonly [string, number])[],
): string {
  const x = (value: number): number => scaled(value, [1, 5], [60, 610]);
  const y = (value: number): number => scaled(value, [-3, 4], [380, 30]);
  const template = readText(import.meta.dirname, 'plot.svg.ejs');
  return ejs.render(template, { series, limits, x, y });
}

function scaled(value: number, [from, to]: Point, [start, end]: Point): number {
  const share = (Math.log10(value) - from) / (to - from);
  return Math.round((start + share * (end - start)) * 10) / 10;
}
