import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** OpenAPI at /docs (for people) and /docs-json (for programs), made from the routes and their schemas. */
export const serveDocs = (app: INestApplication): void => {
  const about = new DocumentBuilder()
    .setTitle('Inquest')
    .setDescription('Incidents in, debated decisions out. Errors are application/problem+json (RFC 9457).')
    .setVersion('1')
    .addBearerAuth()
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, about), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
  });
};
