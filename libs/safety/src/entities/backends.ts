type Row = Readonly<Record<string, unknown>>;

/** Columns of pg_stat_activity and pg_locks (https://www.postgresql.org/docs/current/monitoring-stats.html): beside one of them a pid is a backend's. */
const COLUMNS = [
  ...['datid', 'datname', 'usesysid', 'usename', 'application_name', 'client_addr', 'backend_start', 'xact_start', 'query_start'],
  ...['state_change', 'wait_event', 'wait_event_type', 'state', 'backend_type', 'backend_xid', 'backend_xmin'],
  ...['locktype', 'granted', 'blocked_by', 'blocking_pids', 'xact_age', 'query_age'],
];

const PID = /^[1-9]\d{0,6}$/;

/** The pid of a row about a PostgreSQL backend. The `pid` of another record, say of a log line, is a process of who knows what. */
export const backendOf = (row: Row): string | undefined => {
  const pid = row['pid'];
  const text = typeof pid === 'number' || typeof pid === 'string' ? String(pid) : '';
  return PID.test(text) && COLUMNS.some((column) => Object.hasOwn(row, column)) ? text : undefined;
};

const ROWS_MAX = 2_000;
const RULE = /^-{2,}(?:\+-{2,})+$/;

/**
 * The backends in a table as psql prints it, when `pid` is its first column. Nothing in a row can then move that column: a
 * line break in a query goes on below its own column, where the first one stays blank.
 */
export const backendsInPsql = (text: string): string[] => {
  const lines = text.split('\n', ROWS_MAX);
  const found: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (!RULE.test(line.trim())) continue;
    const columns = (lines[index - 1] ?? '').split('|').map((column) => column.trim().toLowerCase());
    if (columns[0] !== 'pid' || !columns.some((column) => COLUMNS.includes(column))) continue;
    for (const row of lines.slice(index + 1)) {
      if (row.trim() === '') break;
      const cells = row.split('|');
      const pid = cells[0]?.trim() ?? '';
      if (cells.length >= columns.length && PID.test(pid)) found.push(pid);
    }
  }
  return found;
};
