import { ModelBudget, ModelBudgetError, type Cost, type Expense, type Reservation } from '@inquest/model';
import type { Record as SessionRecord, SpendPeriod, SpendWindow } from '@inquest/record';
import { ATTRIBUTE, METRIC, type Logger } from '@inquest/telemetry';
import { Inject, Injectable } from '@nestjs/common';
import { metrics, type Attributes, type ObservableResult } from '@opentelemetry/api';
import { limitsOf, readBudgets, type Limit } from './budgets.js';
import { LOGGER, RECORD } from './tokens.js';

/** Share of a limit from which on operators are warned. */
const WARN_AT = 0.8;

const PERIOD_MS: Readonly<Record<SpendPeriod, number>> = { hour: 3_600_000, day: 86_400_000, month: 31 * 86_400_000 };

interface Standing {
  readonly limit: Limit;
  readonly startsAt: string;
  readonly spent: number;
}

/**
 * Counts what the models of all replicas take, in PostgreSQL, and lets nothing be asked that would exceed a limit: the estimate is
 * added before the call, in one statement, and corrected after it. A process that dies in between leaves its estimate
 * standing, which errs towards spending less. Counts without limits too, so that a limit set later knows its month.
 */
@Injectable()
export class ModelBudgets extends ModelBudget {
  private readonly limits: readonly Limit[];
  private readonly standings = new Map<string, Standing>();
  private readonly told = new Set<string>();
  private readonly refusals = metrics.getMeter('inquest').createCounter(METRIC.budgetRefusals, {
    description: 'Calls of a model that were not made since a budget is used up',
  });

  constructor(
    @Inject(RECORD) private readonly record: SessionRecord,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
    this.limits = limitsOf(readBudgets());
    metrics
      .getMeter('inquest')
      .createObservableGauge(METRIC.budgetUsed, {
        description: 'Share of a budget that is used, 0 to 1, as last seen by this process',
      })
      .addCallback((result) => this.observe(result));
  }

  override async reserve({ role, model, atMost }: Expense): Promise<Reservation> {
    if (this.limits.length === 0) return { settle: (taken) => this.count(role, taken) };
    const windows = await this.record.spend.charge(role, atMost);
    const standings = this.standingsIn(windows, role);
    const exceeded = standings.find(({ limit, spent }) => spent > limit.max);
    for (const standing of standings) this.standings.set(keyOf(standing), exceeded ? without(atMost, standing) : standing);
    if (exceeded) {
      await this.record.spend.correct(windows, negative(atMost));
      this.refusals.add(1, labelsOf(exceeded.limit, role));
      await this.tell('budget-spent', exceeded);
      throw new ModelBudgetError({ role, model }, `${named(exceeded.limit)} has no room for this call.`);
    }
    for (const standing of standings)
      if (standing.spent >= WARN_AT * standing.limit.max) await this.tell('budget-warned', standing);
    return { settle: (taken) => this.settle(windows, atMost, taken) };
  }

  /** Where nothing is limited nobody waits for PostgreSQL: counting alone is no reason to keep a model from being asked. */
  private count(role: string, taken: Cost): void {
    this.record.spend.charge(role, taken).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'what a model took could not be counted; no budget is set, so it is asked all the same');
    });
  }

  private settle(windows: readonly SpendWindow[], estimate: Cost, taken: Cost): void {
    const difference = { usd: taken.usd - estimate.usd, tokens: taken.tokens - estimate.tokens };
    this.record.spend.correct(windows, difference).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'what a model took could not be corrected; its estimate stands');
    });
  }

  private standingsIn(windows: readonly SpendWindow[], asker: string): Standing[] {
    return this.limits
      .filter(({ role }) => role === 'all' || role === asker)
      .flatMap((limit) => {
        const window = windows.find(({ role, period }) => role === limit.role && period === limit.period);
        return window ? [{ limit, startsAt: window.startsAt, spent: window[limit.unit] }] : [];
      });
  }

  /** Once per window, by whichever replica is first; a failure must not cost the answer. */
  private async tell(kind: 'budget-warned' | 'budget-spent', standing: Standing): Promise<void> {
    const { limit, startsAt, spent } = standing;
    const subject = `${keyOf(standing)} ${startsAt}`;
    if (this.told.has(`${kind} ${subject}`)) return;
    const reason =
      kind === 'budget-spent'
        ? `${named(limit)} has no room for another call, those under way included: models are not asked, and the rules answer, while that is so and until the ${limit.period} is over.`
        : `${named(limit)} is used by ${Math.floor((100 * spent) / limit.max)} %.`;
    try {
      const noted = await this.record.controls.note({
        kind,
        subject,
        actor: 'budget',
        reason,
        data: { ...limit, spent, startsAt },
      });
      if (this.told.size > 1_000) this.told.clear();
      this.told.add(`${kind} ${subject}`);
      if (noted) this.logger[kind === 'budget-spent' ? 'error' : 'warn']({ ...limit, spent, startsAt }, reason);
    } catch (error) {
      this.logger.warn({ err: error, reason }, 'this could not be put on record; the next call tries again');
    }
  }

  /** A window that is over says nothing of the one after it. */
  private observe(result: ObservableResult): void {
    for (const { limit, startsAt, spent } of this.standings.values()) {
      const isOver = Date.parse(startsAt) + PERIOD_MS[limit.period] < Date.now();
      result.observe(isOver ? 0 : limit.max === 0 ? 1 : spent / limit.max, labelsOf(limit, limit.role));
    }
  }
}

const keyOf = ({ limit: { role, period, unit } }: Standing): string => `${role} ${period} ${unit}`;

const without = (cost: Cost, standing: Standing): Standing => ({
  ...standing,
  spent: standing.spent - cost[standing.limit.unit],
});

const negative = ({ usd, tokens }: Cost): Cost => ({ usd: -usd, tokens: -tokens });

const labelsOf = ({ period, unit }: Limit, role: string): Attributes => ({
  [ATTRIBUTE.role]: role,
  [ATTRIBUTE.period]: period,
  [ATTRIBUTE.unit]: unit,
});

const named = ({ role, period, unit, max }: Limit): string =>
  `The budget of ${role === 'all' ? 'all roles' : `the ${role}`} for this ${period}, ${unit === 'usd' ? `$${max}` : `${max} tokens`},`;
