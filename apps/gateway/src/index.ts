export { GatewayEnvironment } from './gateway.environment.js';
export { GatewayModule } from './gateway.module.js';
export { runGateway, startGateway } from './start-gateway.js';
export type { AlertResult, ReceiptBody } from './incidents/receipt.js';
export type { Said, SessionView } from './sessions/sessions.controller.js';
