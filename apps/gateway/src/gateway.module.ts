import { PlatformModule, StreamMetrics } from '@inquest/agent';
import { readEnvironment } from '@inquest/config';
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AuditController } from './audit/audit.controller.js';
import { AuthGuard } from './auth/auth.guard.js';
import { RateGuard } from './auth/rate.guard.js';
import { Strangers } from './auth/strangers.js';
import { GATEWAY_ENVIRONMENT, GatewayEnvironment } from './gateway.environment.js';
import { Admission } from './incidents/admission.js';
import { EvidenceCollection } from './incidents/evidence-collection.js';
import { GatheringLease } from './incidents/gathering-lease.js';
import { IncidentsController } from './incidents/incidents.controller.js';
import { Opener } from './incidents/opener.js';
import { PhaseSwitch } from './incidents/phase-switch.js';
import { Reception } from './incidents/reception.js';
import { RecorderPressure } from './incidents/recorder-pressure.js';
import { RequestKeys } from './incidents/request-keys.js';
import { StalledSweep } from './incidents/stalled-sweep.js';
import { ControlsController } from './operations/controls.controller.js';
import { DeadLettersController } from './operations/dead-letters.controller.js';
import { ExecutionController } from './operations/execution.controller.js';
import { ExecutionSwitch } from './operations/execution-switch.js';
import { PhasesController } from './operations/phases.controller.js';
import { SchemasController } from './operations/schemas.controller.js';
import { SystemGauges } from './operations/system-gauges.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { validationPipe } from './problems/validation.js';
import { Releases } from './sessions/releases.js';
import { SessionFeed } from './sessions/session-feed.js';
import { SessionsController } from './sessions/sessions.controller.js';

/** Takes incidents in, opens sessions, shows and releases decisions: the only HTTP door. */
@Module({
  imports: [PlatformModule.forService('gateway')],
  controllers: [
    IncidentsController,
    SessionsController,
    AuditController,
    PhasesController,
    ExecutionController,
    ControlsController,
    SchemasController,
    DeadLettersController,
  ],
  providers: [
    { provide: GATEWAY_ENVIRONMENT, useFactory: () => readEnvironment(GatewayEnvironment) },
    // In this order: who it is, then how often.
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: APP_GUARD, useClass: RateGuard },
    { provide: APP_PIPE, useFactory: validationPipe },
    { provide: APP_FILTER, useClass: ProblemFilter },
    Admission,
    EvidenceCollection,
    ExecutionSwitch,
    GatheringLease,
    Opener,
    PhaseSwitch,
    Reception,
    RecorderPressure,
    Releases,
    RequestKeys,
    SessionFeed,
    StalledSweep,
    Strangers,
    StreamMetrics,
    SystemGauges,
  ],
})
export class GatewayModule {}
