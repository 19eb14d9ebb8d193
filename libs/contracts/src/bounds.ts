import { z } from 'zod';

// Bounds are part of the contract: without them one runaway log line or model reply would fill Redis and Postgres.

/** A name, a label value, a one-line reason. */
export const shortText = (max = 300) => z.string().min(1).max(max);
/** An argument of a few paragraphs; may be empty. */
export const prose = (max = 4_000) => z.string().max(max);

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a lower-case SHA-256 in hex');
/** Share of certainty, 0–1. */
export const Confidence = z.number().min(0).max(1);
/** Blast radius, 0 (touches nothing) – 100 (everything). */
export const Radius = z.number().min(0).max(100);
/** The id of an evidence item of the session's snapshot. */
export const EvidenceId = z.string().min(1).max(128);
export const EvidenceIds = z.array(EvidenceId).max(50);
/** RFC 3339 with an offset or Z; fractions of a second allowed. */
export const Timestamp = z.iso.datetime({ offset: true });
