import { jsonSchemas } from '@inquest/contracts';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Needs } from '../auth/needs.decorator.js';
import { Problem } from '../problems/problem.js';

/** The contracts as JSON Schema, made from what the code itself validates with. */
@ApiTags('contracts')
@Controller('v1/schemas')
@Needs('viewer')
export class SchemasController {
  private readonly schemas = jsonSchemas();

  @Get()
  @ApiOperation({ summary: 'JSON Schema (2020-12) of every message, by name' })
  all(): Record<string, object> {
    return this.schemas;
  }

  @Get(':name')
  @ApiOperation({ summary: 'One of them' })
  one(@Param('name') name: string): object {
    const schema = Object.hasOwn(this.schemas, name) ? this.schemas[name] : undefined;
    if (!schema)
      throw Problem.notFound(`There is no schema "${name.slice(0, 100)}"; there are: ${Object.keys(this.schemas).join(', ')}.`);
    return schema;
  }
}
