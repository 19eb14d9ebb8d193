import { DeadLetters, type DeadLetter } from '@inquest/streams';
import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Needs } from '../auth/needs.decorator.js';

const LetterId = z.string().regex(/^\d+-\d+$/, 'expected the id of a dead letter, <ms>-<n>');
const LetterRef = z.object({ id: LetterId });
type LetterRef = z.infer<typeof LetterRef>;
const LettersQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** The id of the last one seen. */
  after: LetterId.optional(),
});
type LettersQuery = z.infer<typeof LettersQuery>;

/** Entries that no service could handle. Reading helps to mend; retrying is for after mending. */
@ApiTags('dead letters')
@Controller('v1/dead-letters')
@Needs('admin')
export class DeadLettersController {
  constructor(private readonly letters: DeadLetters) {}

  @Get()
  @ApiOperation({ summary: 'Dead letters, oldest first, each with the reason and what to do' })
  async list(@Query({ schema: LettersQuery }) { limit, after }: LettersQuery): Promise<{ count: number; letters: DeadLetter[] }> {
    const [count, letters] = await Promise.all([
      this.letters.count(),
      this.letters.list({ limit, ...(after !== undefined && { after }) }),
    ]);
    return { count, letters };
  }

  @Post(':id/retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Puts it back into its inbox' })
  async retry(@Param({ schema: LetterRef }) { id }: LetterRef): Promise<{ inboxId: string }> {
    return { inboxId: await this.letters.retry(id) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Lets it go' })
  async drop(@Param({ schema: LetterRef }) { id }: LetterRef): Promise<void> {
    await this.letters.drop(id);
  }
}
