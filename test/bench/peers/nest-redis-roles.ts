import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices';
import { addressOf, roleNamed, type RoleStart } from './role-start.js';
import { answer, type Role } from './work.js';

export interface Question {
  readonly session: string;
  readonly heard: readonly string[];
}

export const transportOf = (redisUrl: string) => ({ transport: Transport.REDIS, options: addressOf(redisUrl) }) as const;

/** One process per role, which answers the pattern that is named after it. */
export const startNest: RoleStart = async (name, { redisUrl }) => {
  const service = await NestFactory.createMicroservice<MicroserviceOptions>(moduleOf(roleNamed(name)), {
    ...transportOf(redisUrl),
    logger: ['error'],
  });
  await service.listen();
};

const moduleOf = (role: Role) => {
  @Controller()
  class RoleController {
    @MessagePattern(role)
    answer(@Payload() { session, heard }: Question): string {
      return answer(role, session, heard);
    }
  }

  @Module({ controllers: [RoleController] })
  class RoleModule {}
  return RoleModule;
};
