import type { Role } from '@inquest/contracts';
import { ModelModule } from '@inquest/model';
import { ready as sqlParserReady } from '@inquest/safety';
import { Inject, Module, type BeforeApplicationShutdown, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { RedisStreamsServer } from '@inquest/streams';
import { HealthRegistry } from './health.js';
import { inboxServer } from './inbox-server.js';
import { TurnMetrics } from './metrics.js';
import { PlatformModule } from './platform.module.js';
import { RoleAnswer } from './role-answer.js';
import { RulesInForce } from './rules-in-force.js';
import { SessionPublisher } from './session-publisher.js';
import { SessionReader } from './session-reader.js';
import { StreamMetrics } from './stream-metrics.js';
import { AGENT_ROLE } from './tokens.js';
import { TurnController } from './turn.controller.js';
import { TurnRunner } from './turn-runner.js';
import { TwoMinds } from './two-minds.js';

/** The shell around a role: `AgentModule.forRole({ role: 'solver' })` beside a provider with one `@Answers` method. */
@Module({})
export class AgentModule implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly server: RedisStreamsServer,
    private readonly health: HealthRegistry,
    @Inject(AGENT_ROLE) private readonly role: Role,
  ) {}

  static forRole({ role }: { readonly role: Role }): DynamicModule {
    return {
      module: AgentModule,
      imports: [PlatformModule.forService(role), ModelModule, DiscoveryModule],
      controllers: [TurnController],
      providers: [
        { provide: AGENT_ROLE, useValue: role },
        inboxServer,
        RoleAnswer,
        RulesInForce,
        SessionPublisher,
        SessionReader,
        StreamMetrics,
        TurnMetrics,
        TurnRunner,
        TwoMinds,
      ],
      exports: [RulesInForce, SessionPublisher, SessionReader, TwoMinds],
    };
  }

  async onModuleInit(): Promise<void> {
    await sqlParserReady();
    this.health.watchLoop(`inbox ${this.role}`, () => this.server.isTurning());
  }

  /** Turns finish here: connections close in the next phase, and hooks of one phase run side by side. */
  async beforeApplicationShutdown(): Promise<void> {
    this.health.beginShutdown();
    await this.server.close();
  }
}
