import { own } from '../own.js';
import { SAFE_BEFORE_BRACKET } from './other-dialects.js';
import type { SqlFact } from './sql-fact.js';

type Node = Record<string, unknown>;

/** Functions that compute or look, and nothing else. */
const READS = [
  /^(count|sum|avg|min|max|stddev\w*|variance|var_\w+|percentile_(cont|disc)|mode|bool_(and|or)|every|bit_(and|or)|corr|regr_\w+|(string|array|jsonb?|jsonb?_object)_agg|row_number|(dense_|percent_)?rank|cume_dist|ntile|lag|lead|(first|last|nth)_value)$/,
  /^(now|age|(clock|statement|transaction)_timestamp|timeofday|date_(trunc|part|bin)|extract|to_(char|timestamp|date|number|hex|jsonb?|regclass|tsvector|tsquery)|make_(interval|date|time|timestamp|timestamptz)|justify_\w+|timezone|isfinite|overlaps|time_bucket)$/,
  /^(\w*length|lower|upper|initcap|[blr]?trim|substr(ing)?|position|strpos|left|right|replace|regexp_\w+|split_part|concat(_ws)?|format|format_type|quote_\w+|[lr]pad|repeat|reverse|translate|md5|sha\d+|encode|decode|chr|ascii|starts_with|overlay|similarity|hashtext|similar_to_escape|like_escape)$/,
  /^(abs|ceil|ceiling|floor|round|trunc|mod|div|power|pow|sqrt|exp|ln|log|sign|random|greatest|least|width_bucket|coalesce|nullif|num_(non)?nulls|unnest|cardinality|generate_(series|subscripts)|array_\w+|string_to_array|jsonb?_\w+|row_to_json|gen_random_uuid|(plainto|websearch_to)_tsquery|ts_rank)$/,
  /^(version|current_\w+|inet_\w+|txid_current\w*|has_\w+_privilege|(obj|col|shobj)_description|pgstat(tuple|index)\w*|host|hypopg_(list_indexes|get_indexdef|relation_size))$/,
  /^pg_(size_\w+|\w+_size|stat_get_\w+|stat_statements|current_(wal|xact|snapshot|logfile)\w*|last_\w+|is_\w+|wal_lsn_diff|walfile_name\w*|get_\w+|blocking_pids|safe_snapshot_blocking_pids|backend_pid|postmaster_start_time|conf_load_time|tablespace_\w+|typeof|control_\w+|lock_status|show_all_settings|table_is_visible|relation_filenode|xact_commit_timestamp)$/,
];

const isRead = (name: string): boolean =>
  READS.some((family) => family.test(name)) || SAFE_BEFORE_BRACKET.test(name.toUpperCase());

/** Functions that do more than look, by what they do. */
const EFFECTIVE: Record<string, { effect: SqlFact['effect']; mark?: string }> = {
  pg_cancel_backend: { effect: 'remedy' },
  pg_terminate_backend: { effect: 'remedy', mark: 'terminates-backends' },
  pg_reload_conf: { effect: 'remedy' },
  pg_read_file: { effect: 'destroy', mark: 'server-file' },
  pg_read_binary_file: { effect: 'destroy', mark: 'server-file' },
  pg_read_server_files: { effect: 'destroy', mark: 'server-file' },
  pg_ls_dir: { effect: 'destroy', mark: 'server-file' },
  pg_stat_file: { effect: 'destroy', mark: 'server-file' },
  lo_import: { effect: 'destroy', mark: 'server-file' },
  lo_export: { effect: 'destroy', mark: 'server-file' },
  lo_unlink: { effect: 'destroy', mark: 'large-object' },
  lo_put: { effect: 'change' },
  lo_from_bytea: { effect: 'change' },
  dblink: { effect: 'destroy', mark: 'remote-sql' },
  dblink_exec: { effect: 'destroy', mark: 'remote-sql' },
  dblink_connect: { effect: 'destroy', mark: 'remote-sql' },
  pg_file_write: { effect: 'destroy', mark: 'server-file' },
  pg_promote: { effect: 'change', mark: 'failover' },
  pg_drop_replication_slot: { effect: 'destroy', mark: 'replication' },
  pg_wal_replay_pause: { effect: 'change' },
  pg_switch_wal: { effect: 'change' },
  pg_rotate_logfile: { effect: 'change' },
  pg_stat_reset: { effect: 'change' },
  pg_sleep: { effect: 'change', mark: 'sleeps' },
  pg_advisory_lock: { effect: 'change' },
  setval: { effect: 'change' },
  set_config: { effect: 'change' },
  nextval: { effect: 'change' },
  query_to_xml: { effect: 'unknown', mark: 'dynamic-sql' },
  database_to_xml: { effect: 'unknown', mark: 'dynamic-sql' },
};

/** Families of functions that change the server, for those that are not listed one by one. */
const CHANGING_FUNCTION =
  /^(dblink|lo_|pg_(drop|create|replication|logical|file|wal|backup|start_backup|stop_backup|switch|restore|import|export|stat_reset|advisory)_?)/;

/** What nobody vouched for could do anything. */
const unlisted = (name: string): { effect: SqlFact['effect']; mark?: string } => ({
  effect: CHANGING_FUNCTION.test(name) ? 'change' : 'unknown',
});

const RANK = ['read', 'remedy', 'change', 'unknown', 'destroy'] as const;

export const withFunctions = (fact: SqlFact): SqlFact => {
  let { effect } = fact;
  const marks = [...fact.marks];
  for (const name of fact.functions) {
    const known = own(EFFECTIVE, name) ?? (isRead(name) ? undefined : unlisted(name));
    if (!known || (known.effect === 'unknown' && known.mark === undefined && !/^(read|remedy)$/.test(effect))) continue;
    if (known.effect === 'unknown' && fact.statement === 'explain') continue; // It plans and does not run it.
    if (RANK.indexOf(known.effect) > RANK.indexOf(effect)) effect = known.effect;
    if (known.mark) marks.push(known.mark);
  }
  // Without a row filter it ends every session of the server.
  if (fact.functions.includes('pg_terminate_backend') && fact.restricted === false) {
    marks.push('terminates-every-backend');
    effect = 'destroy';
  }
  return { ...fact, effect, marks };
};

/** Catalogues that hold the passwords of roles and of other servers. */
const CREDENTIALS = /^(pg_shadow|pg_authid|pg_user_mappings?)$/;

export const readsCredentials = (node: unknown): boolean => {
  if (typeof node !== 'object' || node === null) return false;
  return Object.entries(node).some(
    ([key, child]) => (key === 'relname' && typeof child === 'string' && CREDENTIALS.test(child)) || readsCredentials(child),
  );
};

export const functionsIn = (node: unknown): string[] => {
  const found = new Set<string>();
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 200) return;
    if (Array.isArray(value)) return value.forEach((item) => visit(item, depth + 1));
    for (const [key, child] of Object.entries(value)) {
      if (key === 'FuncCall') {
        const names = ((child as Node)['funcname'] as Node[] | undefined) ?? [];
        const last = (names.at(-1)?.['String'] as Node | undefined)?.['sval'];
        const schema = names.length > 1 ? (names[0]?.['String'] as Node | undefined)?.['sval'] : undefined;
        const prefix = typeof schema === 'string' && !/^(pg_catalog|public)$/.test(schema) ? `${schema}.` : '';
        if (typeof last === 'string') found.add(last.toLowerCase());
        if (typeof last === 'string' && prefix !== '') found.add(`${prefix}${last}`.toLowerCase());
      }
      visit(child, depth + 1);
    }
  };
  visit(node, 0);
  return [...found];
};
