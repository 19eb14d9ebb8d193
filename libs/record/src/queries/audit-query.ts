import { Role, type Outcome } from '@inquest/contracts';
import { z } from 'zod';
import { STORED_COLUMNS } from '../envelope/from-row.js';
import { decidedAs, periodByPeriod, speaksOf, wordsOf } from './cause-search.js';
import { MicrosecondTime } from './cursor.js';

export interface AuditFilter {
  readonly sessionId?: string | undefined;
  readonly incidentId?: string | undefined;
  readonly role?: Role | undefined;
  readonly outcome?: Outcome | 'failed' | undefined;
  /** Words of a decided cause, its component or its fault, as in a web search: `oom or disk -java`. Gives decisions alone. */
  readonly cause?: string | undefined;
  /** Recorded at or after, RFC 3339. */
  readonly from?: string | undefined;
  /** Recorded before, RFC 3339. */
  readonly to?: string | undefined;
  readonly degraded?: boolean | undefined;
}

/** Of a role or a slot. */
const Name = z
  .string()
  .max(60)
  .regex(/^[\w:.-]+$/);

/** A row's creation time and primary key: no two rows are equal in it. */
export const AuditKey = z.tuple([MicrosecondTime, z.uuid(), Name, z.int32(), Name]);
export type AuditKey = z.infer<typeof AuditKey>;

const KEY = 'created_at, session_id, agent_role, round, slot';
const KEY_TYPES = ['timestamptz', 'uuid', 'text', 'integer', 'text'];
const newestFirst = (table: string): string =>
  KEY.split(', ')
    .map((column) => `${table}.${column} DESC`)
    .join(', ');

/**
 * Without a session, incident or outcome to go by, the newest rows of each role are merged: there is an index on role and time and none
 * on time alone. Causes have an index of their own.
 */
export const pageQuery = (
  filter: AuditFilter,
  after: AuditKey | undefined,
  limit: number,
): { text: string; values: unknown[] } => {
  const values: unknown[] = [];
  const param = (value: unknown): string => `$${values.push(value)}`;
  const given = <T>(value: T | undefined, type: string): string[] => (value === undefined ? [] : [`${param(value)}::${type}`]);
  const from = given(filter.from, 'timestamptz');
  const to = given(filter.to, 'timestamptz');
  const outcome = given(filter.outcome, 'text');
  const cause = given(filter.cause, 'text');
  const last = (after ?? []).map((part, index) => `${param(part)}::${KEY_TYPES[index]}`);
  const conditions = [
    ...given(filter.sessionId, 'uuid').map((id) => `session_id = ${id}`),
    ...given(filter.incidentId, 'uuid').map((id) => `incident_id = ${id}`),
    ...outcome.map((text) => `outcome = ${text}`),
    ...from.map((time) => `created_at >= ${time}`),
    ...to.map((time) => `created_at < ${time}`),
    ...given(filter.degraded, 'boolean').map((degraded) => `degraded = ${degraded}`),
    ...(last.length > 0 ? [`(${KEY}) < (${last.join(', ')})`] : []),
  ];
  const size = param(limit);
  const newest = (...more: string[]): string => {
    const where = [...more, ...conditions];
    return `SELECT * FROM agent_sessions ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY ${newestFirst('agent_sessions')} LIMIT ${size}`;
  };
  const ofRole = given(filter.role, 'text').map((role) => `agent_role = ${role}`);
  const mergedRoles = (): string =>
    `SELECT found.* FROM unnest(${param(Role.options)}::text[]) AS wanted(role)
       CROSS JOIN LATERAL (${newest('agent_role = wanted.role')}) AS found`;
  const rows = (): string => {
    const ofOneDebate = filter.sessionId ?? filter.incidentId;
    const [words] = cause;
    if (words !== undefined && ofOneDebate === undefined)
      return periodByPeriod(
        { words: wordsOf(words), also: outcome.map(decidedAs) },
        { notBefore: from, notAfter: [...to, ...last.slice(0, 1)] },
        size,
        (found) => newest(...ofRole, found),
      );
    const indexed = ofOneDebate ?? filter.outcome ?? filter.role;
    return indexed === undefined ? mergedRoles() : newest(...ofRole, ...cause.map(speaksOf));
  };
  return { text: `SELECT ${STORED_COLUMNS} FROM (${rows()}) AS row ORDER BY ${newestFirst('row')} LIMIT ${size}`, values };
};
