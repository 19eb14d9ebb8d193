import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One message of one session. Written by `append_events` alone, never changed. */
@Entity({ name: 'agent_sessions' })
export class AgentSessionEntity {
  @PrimaryColumn({ name: 'session_id', type: 'uuid' })
  sessionId!: string;

  @Column({ name: 'incident_id', type: 'uuid' })
  incidentId!: string;

  @PrimaryColumn({ name: 'agent_role', type: 'text' })
  agentRole!: string;

  @PrimaryColumn({ type: 'integer' })
  round!: number;

  @PrimaryColumn({ type: 'text' })
  slot!: string;

  @Column({ name: 'event_id', type: 'uuid' })
  eventId!: string;

  @Column({ type: 'text' })
  type!: string;

  @Column({ type: 'integer' })
  seq!: number;

  @Column({ name: 'stream_id', type: 'text' })
  streamId!: string;

  @Column({ name: 'schema_version', type: 'integer' })
  schemaVersion!: number;

  @Column({ type: 'text' })
  mind!: string;

  @Column({ type: 'boolean' })
  degraded!: boolean;

  @Column({ type: 'text', nullable: true })
  vote!: string | null;

  @Column({ name: 'on_behalf_of', type: 'text', nullable: true })
  onBehalfOf!: string | null;

  @Column({ name: 'prompt_hash', type: 'text', nullable: true })
  promptHash!: string | null;

  @Column({ name: 'rule_set', type: 'text' })
  ruleSet!: string;

  @Column({ type: 'jsonb' })
  causes!: unknown;

  @Column({ type: 'text', nullable: true })
  traceparent!: string | null;

  @Column({ name: 'trace_id', type: 'text', nullable: true })
  traceId!: string | null;

  @Column({ name: 'occurred_at', type: 'timestamptz' })
  occurredAt!: Date;

  @Column({ name: 'latency_ms', type: 'bigint' })
  latencyMs!: string;

  @Column({ type: 'text', nullable: true })
  model!: string | null;

  @Column({ name: 'input_tokens', type: 'bigint', nullable: true })
  inputTokens!: string | null;

  @Column({ name: 'output_tokens', type: 'bigint', nullable: true })
  outputTokens!: string | null;

  @Column({ name: 'cache_read_tokens', type: 'bigint', nullable: true })
  cacheReadTokens!: string | null;

  @Column({ name: 'cache_write_tokens', type: 'bigint', nullable: true })
  cacheWriteTokens!: string | null;

  @Column({ name: 'cost_usd', type: 'float8', nullable: true })
  costUsd!: number | null;

  @Column({ type: 'text', nullable: true })
  outcome!: string | null;

  @Column({ type: 'integer', nullable: true })
  gate!: number | null;

  @Column({ type: 'float8', nullable: true })
  confidence!: number | null;

  @Column({ name: 'output_json', type: 'jsonb' })
  outputJson!: unknown;

  @Column({ name: 'output_hash', type: 'text' })
  outputHash!: string;

  @Column({ name: 'input_hash', type: 'text' })
  inputHash!: string;

  @Column({ name: 'event_hash', type: 'text' })
  eventHash!: string;

  @Column({ name: 'envelope_rest', type: 'jsonb', nullable: true })
  envelopeRest!: unknown;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
