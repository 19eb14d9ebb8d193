import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnusableFileError, WatchedFile, type FileReading } from './index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watched-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (text: string): FileReading<number> =>
  /^\d+$/.test(text) ? { readable: true, value: Number(text) } : { readable: false, problems: ['value: not a number'] };

const watching = () => {
  const path = join(folder, 'file');
  const told: string[] = [];
  writeFileSync(path, '1');
  const file = new WatchedFile({
    ...{ path, read, everyMs: 3_600_000 },
    onChanged: (value) => told.push(`now ${value}`),
    onRefused: (problems) => told.push(problems.join()),
  });
  return { path, told, file };
};

describe('a watched file', () => {
  it('must be good at start, and says what is wrong with which file', () => {
    const path = join(folder, 'bad');
    const open = () => new WatchedFile({ path, read, everyMs: 1_000 });
    expect(open).toThrow(/bad cannot be used.*\n.*ENOENT/);
    writeFileSync(path, 'x');
    expect(open).toThrow(UnusableFileError);
    expect(open).toThrow(/bad cannot be used.*\n.*value: not a number/);
  });

  it('takes a changed file over', () => {
    const { path, told, file } = watching();
    file.look();
    writeFileSync(path, '22');
    file.look();
    file.look();
    expect([file.value, told]).toEqual([22, ['now 22']]);
    file.close();
  });

  it('keeps the last good one when a change is bad or the file is gone, says so once, and takes the next good one', () => {
    const { path, told, file } = watching();
    writeFileSync(path, 'oops');
    file.look();
    file.look();
    expect([file.value, file.problems, told]).toEqual([1, ['value: not a number'], ['value: not a number']]);
    rmSync(path);
    file.look();
    expect(file.value).toBe(1);
    expect(file.problems[0]).toContain('ENOENT');
    writeFileSync(path, '333');
    file.look();
    expect([file.value, file.problems, told.at(-1)]).toEqual([333, [], 'now 333']);
    file.close();
  });

  it('sees a link that points elsewhere now, as a mounted ConfigMap does it', () => {
    for (const content of ['1', '2']) writeFileSync(join(folder, `v${content}`), content);
    const path = join(folder, 'link');
    symlinkSync(join(folder, 'v1'), path);
    const file = new WatchedFile({ path, read, everyMs: 3_600_000 });
    symlinkSync(join(folder, 'v2'), `${path}.new`);
    renameSync(`${path}.new`, path);
    file.look();
    expect(file.value).toBe(2);
    file.close();
  });

  it('looks by itself', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, '1');
    let file: WatchedFile<number> | undefined;
    const changed = new Promise<number>((resolve) => {
      file = new WatchedFile({ path, read, everyMs: 5, onChanged: resolve });
    });
    writeFileSync(path, '44');
    await expect(changed).resolves.toBe(44);
    file?.close();
  });
});
