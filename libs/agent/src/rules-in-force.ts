import { EnvironmentError, readEnvironment, SafetyEnvironment, UnusableFileError, WatchedFile } from '@inquest/config';
import { BUILT_IN_RULES, readSafetyRules, type SafetyRules } from '@inquest/safety';
import { METRIC, type Logger } from '@inquest/telemetry';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { HealthRegistry } from './health.js';
import { LOGGER } from './tokens.js';

/**
 * The rules that plans are judged by: the built-in ones, and what operators add in INQUEST_SAFETY_RULES_FILE. A bad file at start
 * ends the start; a bad change later leaves the last good rules in force, and is told and counted.
 */
@Injectable()
export class RulesInForce implements OnApplicationShutdown {
  private readonly file: WatchedFile<SafetyRules> | undefined;
  private readonly reloads = metrics.getMeter('inquest').createCounter(METRIC.rulesReloads, {
    description: 'Changes of the safety rules file, by whether they were taken or refused',
  });

  constructor(@Inject(LOGGER) logger: Logger, health: HealthRegistry) {
    const { INQUEST_SAFETY_RULES_FILE: path, INQUEST_SAFETY_RULES_POLL_MS: everyMs } = readEnvironment(SafetyEnvironment);
    if (path === undefined) return;
    this.file = opened(path, everyMs, {
      taken: ({ version }) => {
        this.reloads.add(1, { outcome: 'taken' });
        logger.info({ path, ruleSet: version }, 'the safety rules have changed');
      },
      refused: (problems) => {
        this.reloads.add(1, { outcome: 'refused' });
        logger.error(
          { path, problems, ruleSet: this.current.version },
          'the changed safety rules cannot be used; the last good ones stay',
        );
      },
    });
    health.note('safety rules', () =>
      this.problems.length > 0 ? `last good ones kept: ${this.problems.join('; ')}` : this.current.version,
    );
    logger.info({ path, ruleSet: this.current.version, rules: this.current.added.length }, 'operators have added safety rules');
  }

  get current(): SafetyRules {
    return this.file?.value ?? BUILT_IN_RULES;
  }

  /** Why the file as it is now is not in force; empty when it is, or when there is none. */
  get problems(): readonly string[] {
    return this.file?.problems ?? [];
  }

  onApplicationShutdown(): void {
    this.file?.close();
  }
}

interface Told {
  readonly taken: (rules: SafetyRules) => void;
  readonly refused: (problems: readonly string[]) => void;
}

const opened = (path: string, everyMs: number, { taken, refused }: Told): WatchedFile<SafetyRules> => {
  const read = (text: string) => {
    const reading = readSafetyRules(text);
    return reading.readable ? { readable: true as const, value: reading.rules } : reading;
  };
  try {
    return new WatchedFile({ path, everyMs, read, onChanged: taken, onRefused: refused });
  } catch (error) {
    if (!(error instanceof UnusableFileError)) throw error;
    throw new EnvironmentError(error.problems.map((problem) => `INQUEST_SAFETY_RULES_FILE: ${path}: ${problem}`));
  }
};
