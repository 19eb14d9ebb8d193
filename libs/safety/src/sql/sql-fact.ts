/** What one SQL statement does. */
export interface SqlFact {
  /** `select`, `delete`, `update`, `truncate`, `drop`, `vacuum`, …; `unreadable` when it could not be parsed. */
  readonly statement: string;
  readonly effect: 'read' | 'remedy' | 'change' | 'destroy' | 'unknown';
  /** Tables and other objects named as its target, with their schema when given. */
  readonly targets: readonly string[];
  /** For `drop` and `alter`: the kind of object, e.g. `table`, `schema`, `index`. */
  readonly objectKind?: string;
  /** For `delete` and `update`: whether a WHERE clause really restricts the rows (not absent, constant or OR true). */
  readonly restricted?: boolean;
  /** Names of functions called with effects of their own, e.g. `pg_terminate_backend`. */
  readonly functions: readonly string[];
  /** Named findings, e.g. `vacuum-full`, `superuser`, `program`. */
  readonly marks: readonly string[];
  /** Why it could not be read, if so. */
  readonly problem?: string;
}
