/** What happens at a point, and at which of its passings. */
export interface Failpoint {
  /** As in `record.append:after`; `*` stands for any run of characters. */
  readonly name: string;
  readonly action: 'kill' | 'throw' | { readonly sleepMs: number };
  /** Every passing; the n-th alone; or each with a probability of 0 to 1. */
  readonly when: 'always' | { readonly nth: number } | { readonly share: number };
}

/** The variable holds something that is no list of fail points; the process must not start as if there were none. */
export class FailpointSyntaxError extends Error {
  constructor(term: string, problem: string) {
    super(
      `INQUEST_FAILPOINTS: "${term}" ${problem}. Write name=action[@n|%percent], actions kill, throw, sleep(ms), several separated by ";", ` +
        'for example record.append:after=kill@3.',
    );
    this.name = 'FailpointSyntaxError';
  }
}

const TERM = /^(?<name>[\w.:*-]+)=(?:(?<word>kill|throw)|sleep\((?<ms>\d+)\))(?:@(?<nth>\d+)|%(?<percent>\d+(?:\.\d+)?))?$/;

/**
 * Reads `name=action[@n|%percent]; …`, much as etcd's gofail writes it.
 * @throws {FailpointSyntaxError}
 */
export const parseFailpoints = (text: string): Failpoint[] =>
  text
    .split(';')
    .map((term) => term.trim())
    .filter((term) => term !== '')
    .map(parseTerm);

const parseTerm = (term: string): Failpoint => {
  const { name, word, ms, nth, percent } = TERM.exec(term)?.groups ?? {};
  if (name === undefined) throw new FailpointSyntaxError(term, 'cannot be read');
  if (nth !== undefined && Number(nth) < 1) throw new FailpointSyntaxError(term, 'counts passings from 1');
  if (percent !== undefined && Number(percent) > 100) throw new FailpointSyntaxError(term, 'asks for more than 100 %');
  return {
    name,
    action: word === 'kill' || word === 'throw' ? word : { sleepMs: Number(ms) },
    when: nth !== undefined ? { nth: Number(nth) } : percent !== undefined ? { share: Number(percent) / 100 } : 'always',
  };
};
