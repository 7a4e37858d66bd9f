import { expect, test } from 'vitest';
import { progressOn } from '../../generator/shell/streams.ts';

function watched(isSeen = true) {
  const written: string[] = [];
  let now = 0;
  const write = (text: string): void => void written.push(text);
  const progress = progressOn({ isSeen: () => isSeen, write, elapsed: () => now });
  const at = (milliseconds: number): void => {
    now = milliseconds;
  };
  return { progress, at, written };
}

test('a run of two seconds shows nothing, a longer one what it is at', () => {
  const { progress, at, written } = watched();
  progress.reads('a.yaml');
  at(1999);
  progress.reads('b.yaml');
  expect(written).toEqual([]);
  at(2000);
  progress.reads('c.yaml');
  expect(written).toEqual(['\r\u001b[2K3 files read: c.yaml']);
});

test('the line changes ten times a second at most', () => {
  const { progress, at, written } = watched();
  for (let now = 2000; now < 3000; now += 1) {
    at(now);
    progress.says('kustomize build overlays/dev');
  }
  expect(written).toHaveLength(10);
});

test('it is taken away before something is printed, if it is there', () => {
  const { progress, at, written } = watched();
  progress.clear();
  at(5000);
  progress.reads('a.yaml');
  progress.clear();
  progress.clear();
  expect(written.slice(1)).toEqual(['\r\u001b[2K']);
});

test('where nobody looks nothing is written', () => {
  const { progress, at, written } = watched(false);
  at(5000);
  progress.reads('a.yaml');
  progress.clear();
  expect(written).toEqual([]);
});

test('it stays on one line, and shows nothing unseen', () => {
  const { progress, at, written } = watched();
  at(5000);
  progress.reads(`${'deep/'.repeat(40)}a\n\u001b[31m.yaml`);
  const [line = ''] = written;
  expect(line.slice(5)).toHaveLength(79);
  expect(line.slice(5)).toMatch(/^1 files read: deep.*a\\n\\u001b\[31m\.yaml$/);
});
