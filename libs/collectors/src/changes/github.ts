import { z } from 'zod';
import { evidenceOf, type Collected, type Collector } from '../collector.js';
import type { Source } from '../http/source.js';
import type { Subject } from '../subject.js';

const DAY_MS = 24 * 60 * 60_000;
const COMMITS_MAX = 30;
/** Of the latest commits before the onset it is also asked what they changed. */
const DIFFS_MAX = 3;
const PATCH_MAX = 6_000;

/** Where a service's code or configuration lives; without a service it holds for all. */
export interface Repository {
  readonly service: string | undefined;
  /** `owner/name`. */
  readonly name: string;
}

const Commits = z.array(
  z.object({
    sha: z.string().regex(/^[0-9a-f]{7,64}$/),
    commit: z.object({
      message: z.string(),
      author: z.object({ name: z.string().nullish(), date: z.string().nullish() }).nullish(),
      committer: z.object({ date: z.string().nullish() }).nullish(),
    }),
  }),
);
const Changed = z.object({
  files: z.array(z.object({ filename: z.string(), status: z.string().optional(), patch: z.string().optional() })).default([]),
});
const Deployments = z.array(
  z.object({
    sha: z.string(),
    ref: z.string(),
    environment: z.string(),
    created_at: z.string(),
    description: z.string().nullish(),
  }),
);

/** Commits and deployments since a day before the onset, by the REST API of GitHub. */
export class GitHub implements Collector {
  readonly name = 'github';
  readonly dimension = 'changes';

  constructor(
    private readonly source: Source,
    private readonly repositories: readonly Repository[],
  ) {}

  async collect(subject: Subject, signal: AbortSignal): Promise<Collected[]> {
    const asked = this.repositories.filter(({ service }) => service === undefined || service === subject.service);
    const found = await Promise.all(
      asked.map(({ name }) => Promise.all([this.commits(name, subject, signal), this.deployments(name, subject, signal)])),
    );
    return found.flat();
  }

  private commits(repository: string, { onsetMs, window }: Subject, signal: AbortSignal): Promise<Collected> {
    const path = `repos/${repository}/commits`;
    const query = { since: iso(onsetMs - DAY_MS), until: iso(window.toMs), per_page: COMMITS_MAX };
    const question = {
      ...{
        id: `github-commits-${repository.replace('/', '-')}`,
        kind: 'change',
        dimension: 'changes' as const,
        tool: 'github/commits',
      },
      ...{ title: `Commits to ${repository} since a day before the onset`, invocation: `GET /${path} since ${query.since}` },
    };
    return evidenceOf(question, signal, async () => {
      const commits = await this.source.get(path, query, Commits, signal);
      if (commits.length === 0) return undefined;
      const diffs = await Promise.all(commits.slice(0, DIFFS_MAX).map(({ sha }) => this.diffOf(path, sha, signal)));
      const json = commits.map(({ sha, commit }, index) => ({
        ...{
          repo: repository,
          sha,
          at: commit.committer?.date ?? commit.author?.date ?? null,
          author: commit.author?.name ?? null,
        },
        // The diff is what a reader looks at first, so the message stands above it.
        ...(diffs[index] === undefined ? { message: commit.message } : { diff: `${commit.message}\n${diffs[index]}` }),
      }));
      return { json };
    });
  }

  /** Undefined when it cannot be had: the commit itself is evidence without it. */
  private async diffOf(path: string, sha: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      const { files } = await this.source.get(`${path}/${sha}`, {}, Changed, signal);
      return wholeLines(files.map(({ filename, patch = '' }) => `+++ ${filename}\n${patch}`).join('\n'));
    } catch {
      return undefined;
    }
  }

  private deployments(repository: string, { onsetMs, window }: Subject, signal: AbortSignal): Promise<Collected> {
    const path = `repos/${repository}/deployments`;
    const question = {
      ...{ id: `github-deployments-${repository.replace('/', '-')}`, kind: 'change', dimension: 'changes' as const },
      ...{
        title: `Deployments of ${repository} since a day before the onset`,
        tool: 'github/deployments',
        invocation: `GET /${path}`,
      },
    };
    return evidenceOf(question, signal, async () => {
      const found = await this.source.get(path, { per_page: COMMITS_MAX }, Deployments, signal);
      const recent = found.filter(({ created_at: at }) => Date.parse(at) >= onsetMs - DAY_MS && Date.parse(at) <= window.toMs);
      if (recent.length === 0) return undefined;
      return {
        json: recent.map(({ sha, ref, environment, created_at: at, description }) => ({
          ...{ repo: repository, sha, ref, environment, at },
          message: `Deployed ${ref} to ${environment} at ${at}. ${description ?? ''}`.trim(),
        })),
      };
    });
  }
}

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

/** Cut at the end of a line: what is cut within one could leave half a secret. */
const wholeLines = (text: string): string =>
  text.length <= PATCH_MAX ? text : `${text.slice(0, text.lastIndexOf('\n', PATCH_MAX))}\n[the rest of the diff is left out]`;
