import { StandardSchemaValidationPipe } from '@nestjs/common';
import { Problem, type Fault } from './problem.js';

const segment = (part: PropertyKey | { readonly key: PropertyKey }): string => String(typeof part === 'object' ? part.key : part);

/** Parses what a route declares a schema for; every fault is named with its path. */
export const validationPipe = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({
    exceptionFactory: (issues) => {
      const errors = issues.slice(0, 50).map(({ path = [], message }): Fault => ({ path: path.map(segment).join('.'), message }));
      return Problem.invalid(
        errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '),
        errors,
      );
    },
  });
