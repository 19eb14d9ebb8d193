import { runGateway } from './start-gateway.js';

await runGateway();
