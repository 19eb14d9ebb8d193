import { EvidenceSnapshot, Incident } from '@inquest/contracts';
import { z } from 'zod';
import { ReceiptBody } from '../incidents/receipt.js';

/** As OpenAPI 3.0 has schemas. */
export type OpenApiSchema = Record<string, unknown>;

const openApi = (schema: z.ZodType, io: 'input' | 'output'): OpenApiSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'openapi-3.0', io });
  return rest;
};

const OwnShape = z.object({
  incident: Incident.partial({ source: true, fingerprint: true, startsAt: true }),
  evidence: EvidenceSnapshot.optional(),
});

/** Our own shape; the other forms are told in words, as a schema of all pagers would say nothing. */
export const BODY_OF_INCIDENT: OpenApiSchema = {
  ...openApi(OwnShape, 'input'),
  description:
    'Our own shape as below, or {incident: {format, body | prompt, alert?}, evidence: [flat list]}, or the untouched body of a known pager (PagerDuty, Opsgenie, CloudWatch by SNS, Grafana, Kubernetes events, …).',
};

export const BODY_OF_ALERTMANAGER: OpenApiSchema = {
  type: 'object',
  required: ['alerts'],
  properties: {
    version: { type: 'string', example: '4' },
    groupKey: { type: 'string' },
    truncatedAlerts: { type: 'integer' },
    status: { type: 'string', enum: ['firing', 'resolved'] },
    alerts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['labels'],
        properties: {
          status: { type: 'string', enum: ['firing', 'resolved'] },
          labels: { type: 'object', additionalProperties: { type: 'string' } },
          annotations: { type: 'object', additionalProperties: { type: 'string' } },
          startsAt: { type: 'string', format: 'date-time' },
          endsAt: { type: 'string', format: 'date-time' },
          fingerprint: { type: 'string' },
        },
      },
    },
  },
};

export const RECEIPT_SCHEMA: OpenApiSchema = openApi(ReceiptBody, 'output');
