import { isDeadlock, isOutage } from './outage.js';

export interface GatheredOptions<Question> {
  /** Statements under way at a time. Default 1. */
  readonly atOnce?: number;
  /** Questions per statement. Default 200. */
  readonly max?: number;
  /** Size of one; no statement is bigger than `sizeMax`, unless by a single question. */
  readonly sizeOf?: (question: Question) => number;
  readonly sizeMax?: number;
}

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Many calls, few statements: what is asked in one tick, or while the statements before it are under way, goes out together. A call
 * that comes alone goes out at once. Each answer is from after its call, as if it had been asked alone.
 */
export class Gathered<Question, Answer> {
  private waiting: Waiting<Question, Answer>[] = [];
  private underWay = 0;
  private scheduled = false;

  /** @param ask answers in the order of its questions. */
  constructor(
    private readonly ask: (questions: readonly Question[]) => Promise<readonly Answer[]>,
    private readonly options: GatheredOptions<Question> = {},
  ) {}

  of(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.underWay >= (this.options.atOnce ?? 1) || this.waiting.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.underWay += 1;
      void this.settle(this.next()).finally(() => {
        this.underWay -= 1;
        this.schedule();
      });
      this.schedule();
    });
  }

  private next(): Waiting<Question, Answer>[] {
    const { max = 200, sizeOf = () => 0, sizeMax = Number.POSITIVE_INFINITY } = this.options;
    let [count, size] = [0, 0];
    for (const { question } of this.waiting) {
      size += sizeOf(question);
      if (count > 0 && (count === max || size > sizeMax)) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  /** Nobody fails for a neighbour: after a refusal each is asked alone. An outage concerns all of them. */
  private async settle(asked: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.ask(asked.map(({ question }) => question));
      if (answers.length !== asked.length) throw new RangeError(`${asked.length} questions got ${answers.length} answers.`);
      asked.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      if (asked.length === 1 || (isOutage(error) && !isDeadlock(error))) return asked.forEach(({ reject }) => reject(error));
      for (const one of asked) await this.settle([one]);
    }
  }
}
