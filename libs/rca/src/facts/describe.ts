/** One entry of `kubectl describe` output: a key, its value on the same line, and what is indented below it. */
export interface Entry {
  key: string;
  value: string;
  children: Entry[];
  /** Lines below the entry that are no `key: value`, e.g. a table of conditions or events. */
  lines: string[];
}

const KEY = /^([A-Za-z][\w .()/@-]{0,60}):(?:\s+(.*))?$/;

const indentOf = (line: string): number => line.length - line.trimStart().length;

export const looksLikeDescribe = (text: string): boolean => /^Name:\s+\S/m.test(text.slice(0, 400));

/** Reads `kubectl describe` output into a tree by indentation. Never throws; what it cannot place becomes a line. */
export const parseDescribe = (lines: readonly string[]): Entry[] => {
  const root: Entry = { key: '', value: '', children: [], lines: [] };
  const stack: { entry: Entry; indent: number }[] = [{ entry: root, indent: -1 }];
  for (const line of lines) {
    const indent = indentOf(line);
    while (stack.length > 1 && (stack.at(-1)?.indent ?? -1) >= indent) stack.pop();
    const parent = stack.at(-1)?.entry ?? root;
    const match = KEY.exec(line.trim());
    if (match === null) {
      parent.lines.push(line.trim());
      continue;
    }
    const entry: Entry = { key: match[1] ?? '', value: (match[2] ?? '').trim(), children: [], lines: [] };
    parent.children.push(entry);
    if (stack.length < 12) stack.push({ entry, indent });
  }
  return root.children;
};

export const entryAt = (entries: readonly Entry[], key: string): Entry | undefined =>
  entries.find((entry) => entry.key.toLowerCase() === key.toLowerCase());

export const valueAt = (entries: readonly Entry[], key: string): string => entryAt(entries, key)?.value ?? '';
