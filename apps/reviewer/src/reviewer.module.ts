import { AgentModule } from '@inquest/agent';
import { Module } from '@nestjs/common';
import { Reviewer } from './reviewer.js';

@Module({ imports: [AgentModule.forRole({ role: 'reviewer' })], providers: [Reviewer] })
export class ReviewerModule {}
