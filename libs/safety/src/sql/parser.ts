import { loadModule, parseSync } from 'libpg-query';

type Parsed = ReturnType<typeof parseSync>;

let loaded = false;

/** Loads the SQL parser (WebAssembly), once. Until it has resolved, every SQL text counts as unreadable and asks for a revision. */
export const ready = async (): Promise<void> => {
  await loadModule();
  loaded = true;
};

/** The statements of a PostgreSQL text, or why they cannot be read. */
export type ParsedSql = { readonly tree: Parsed } | { readonly problem: string };

/** Longer texts are not read: nobody reviews them either. */
const SQL_BYTES_MAX = 100_000;

export const parseSql = (text: string): ParsedSql => {
  if (!loaded) return { problem: 'the SQL parser is not loaded; await ready() at start' };
  if (text.length > SQL_BYTES_MAX) return { problem: `longer than ${SQL_BYTES_MAX} characters` };
  try {
    return { tree: parseSync(text) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message.slice(0, 200) : 'unreadable' };
  }
};
