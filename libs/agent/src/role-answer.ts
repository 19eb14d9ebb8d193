import type { MessageType } from '@inquest/contracts';
import type { Session } from '@inquest/debate';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { Answer, Turn } from './answer.js';
import { Answers } from './answers.decorator.js';

type Method = (session: Session, turn: Turn) => Promise<Answer<unknown>>;

/** The method of this app that is marked with `@Answers`. There must be exactly one. */
@Injectable()
export class RoleAnswer implements OnModuleInit {
  private found?: { readonly answer: MessageType; readonly give: Method };

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const marked = this.discovery.getProviders().flatMap((wrapper) => {
      const instance: unknown = wrapper.instance;
      if (typeof instance !== 'object' || instance === null) return [];
      return this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object).flatMap((name) => {
        const binding = this.discovery.getMetadataByDecorator(Answers, wrapper, name);
        const method: unknown = Reflect.get(instance, name);
        return binding && typeof method === 'function' ? [{ answer: binding.answer, give: method.bind(instance) as Method }] : [];
      });
    });
    if (marked.length !== 1)
      throw new Error(`An agent has exactly one method marked with @Answers; this one has ${marked.length}.`);
    this.found = marked[0];
  }

  get type(): MessageType {
    return this.bound.answer;
  }

  give(session: Session, turn: Turn): Promise<Answer<unknown>> {
    return this.bound.give(session, turn);
  }

  private get bound() {
    if (!this.found) throw new Error('The role was asked before its module was initialised.');
    return this.found;
  }
}
