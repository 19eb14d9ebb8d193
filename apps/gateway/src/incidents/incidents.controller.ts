import {
  ALERTMANAGER_FORMATS,
  detectFormat,
  FORMAT_NAMES,
  incidentsFrom,
  parseJson,
  scenarioOf,
  type Intake,
} from '@inquest/intake';
import { Controller, Headers, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Caller, Needs } from '../auth/needs.decorator.js';
import type { Principal } from '../auth/tokens.js';
import { BODY_OF_ALERTMANAGER, BODY_OF_INCIDENT, RECEIPT_SCHEMA } from '../http/openapi-bodies.js';
import type { GatewayRequest, Response } from '../http/gateway-request.js';
import { Problem } from '../problems/problem.js';
import { Admission } from './admission.js';
import { Cleaning } from './cleaning.js';
import { receiptOf, resultOf, unopened, type AlertResult, type ReceiptBody } from './receipt.js';
import { Reception } from './reception.js';
import { RecorderPressure } from './recorder-pressure.js';
import { RequestKeys } from './request-keys.js';

const KEY = /^[\x21-\x7e]{1,200}$/;

/** The doors for incidents. 202 is said after the commit, never before. */
@ApiTags('incidents')
@Controller('v1')
@Needs('operator')
@ApiResponse({ status: 202, description: 'Committed; per alert what became of it', schema: RECEIPT_SCHEMA })
@ApiResponse({ status: 422, description: 'No incident can be read from it, and why (problem+json)' })
@ApiResponse({ status: 503, description: 'The recorder is behind; try again after Retry-After (problem+json)' })
export class IncidentsController {
  constructor(
    private readonly reception: Reception,
    private readonly pressure: RecorderPressure,
    private readonly keys: RequestKeys,
    private readonly admission: Admission,
  ) {}

  @Post('incidents')
  @HttpCode(202)
  @ApiOperation({ summary: 'One incident with its evidence, or a body of any known pager' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'Repeats of a request with the same key open nothing new' })
  @ApiBody({ schema: BODY_OF_INCIDENT })
  async incident(
    @Req() request: GatewayRequest,
    @Res({ passthrough: true }) response: Response,
    @Caller() caller: Principal,
    @Headers('idempotency-key') key?: string,
  ): Promise<ReceiptBody> {
    const idempotencyKey = scopedKey(caller, key);
    await this.pressure.refuseIfHigh();
    const receipt = isOwnShape(request.body)
      ? await this.own(request, idempotencyKey)
      : await this.foreign(request, idempotencyKey);
    if (receipt.sessionId) response.setHeader('location', `/v1/sessions/${receipt.sessionId}`);
    return receipt;
  }

  @Post('webhooks/alertmanager')
  @HttpCode(202)
  @ApiOperation({ summary: 'A webhook of Alertmanager (v4, v3, older), of Grafana alerting, or alerts from their APIs' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'Repeats of a request with the same key open nothing new' })
  @ApiBody({ schema: BODY_OF_ALERTMANAGER })
  async alertmanager(
    @Req() request: GatewayRequest,
    @Caller() caller: Principal,
    @Headers('idempotency-key') key?: string,
  ): Promise<ReceiptBody> {
    const idempotencyKey = scopedKey(caller, key);
    const format = detectFormat(request.body);
    if (format !== null && !ALERTMANAGER_FORMATS.includes(format))
      throw Problem.unreadable(
        `This looks like ${FORMAT_NAMES[format]}; here only what Alertmanager sends is read. Post it to /v1/incidents.`,
      );
    await this.pressure.refuseIfHigh();
    return this.foreign(request, idempotencyKey);
  }

  private async own(request: GatewayRequest, idempotencyKey: string | undefined): Promise<ReceiptBody> {
    const receivedAt = new Date().toISOString();
    const reading = scenarioOf(request.body, { receivedAt });
    if (!reading.readable) throw Problem.unreadable(reading.reason);
    const { scenario } = reading;
    const startAssumed = scenario.incident.startsAt === receivedAt;
    const delivery = { cleaning: new Cleaning(), idempotencyKey, startAssumed };
    const filtered = await this.admission.turnAway(scenario, delivery);
    if (filtered) return receiptOf([filtered], []);
    const taken = await this.pressure.admit(() => this.reception.take(scenario, delivery));
    return receiptOf([resultOf(taken)], []);
  }

  /** Numbers beyond 2^53 matter in pagers' ids, so their bodies are parsed again from the bytes. */
  private async foreign(request: GatewayRequest, idempotencyKey: string | undefined): Promise<ReceiptBody> {
    const parsed = parseJson(request.rawBody?.toString('utf8') ?? '');
    if (!parsed.ok) throw Problem.invalid(`Send the alert as JSON in the body: ${parsed.fault}`);
    const intake = incidentsFrom('auto', parsed.value, { receivedAt: new Date().toISOString() });
    if (!intake.readable) throw Problem.unreadable(intake.reason);
    refuseIfNothingIsUsable(intake);
    if (idempotencyKey !== undefined) await this.keys.bind(idempotencyKey, request.rawBody ?? Buffer.alloc(0));
    const cleaning = new Cleaning();
    const results: AlertResult[] = [];
    let firing = 0;
    for (const signal of intake.signals) {
      if (signal.kind !== 'firing') {
        results.push(unopened(signal, cleaning));
        continue;
      }
      // Counted before it is filtered: the same request again names the same incidents, whatever is filtered by then.
      const key = keyOfAlert(idempotencyKey, firing);
      firing += 1;
      const delivery = { cleaning, idempotencyKey: key, startAssumed: false };
      const filtered = await this.admission.turnAway(signal, delivery);
      if (filtered) {
        results.push(filtered);
        continue;
      }
      results.push(resultOf(await this.pressure.admit(() => this.reception.take(signal, delivery))));
    }
    return receiptOf(results, intake.notes);
  }
}

type ReadableIntake = Extract<Intake, { readable: true }>;

/** `{incident: …}`; Google Cloud Monitoring has a member of that name too. */
const isOwnShape = (body: unknown): boolean =>
  body !== null && typeof body === 'object' && 'incident' in body && detectFormat(body) !== 'stackdriver';

/** One caller's keys never meet another's. */
const scopedKey = ({ name }: Principal, key: string | undefined): string | undefined => {
  if (key === undefined) return undefined;
  if (!KEY.test(key))
    throw Problem.invalid('Idempotency-Key: give 1 to 200 printable ASCII characters without blanks.', [
      { path: 'Idempotency-Key', message: 'unfit' },
    ]);
  return `${name}:${key}`;
};

/**
 * The first alert has the request's key as it is, so that whatever else comes first with that key meets its row. The others
 * have one with a blank, as no caller's key has.
 */
const keyOfAlert = (key: string | undefined, place: number): string | undefined =>
  key === undefined || place === 0 ? key : `${key} ${place}`;

const refuseIfNothingIsUsable = ({ signals }: ReadableIntake): void => {
  const refused = signals.flatMap((signal) =>
    signal.kind === 'refused' ? [{ path: signal.title, message: signal.reason }] : [],
  );
  if (refused.length > 0 && refused.length === signals.length)
    throw Problem.unreadable(
      refused
        .map(({ message }) => message)
        .slice(0, 5)
        .join('; '),
      refused.slice(0, 50),
    );
};
