import { debate, GatewayClient, readScenario, Timeline, watchSession, type GatewayAddress, type Terminal } from '@inquest/cli';

/** Debates the bundled incident and shows it as it happens, over HTTP like any other client. */
export const demonstrate = async (address: GatewayAddress, incidentFile: string, terminal: Terminal): Promise<void> => {
  const gateway = new GatewayClient(address);
  const scenario = await readScenario(incidentFile, terminal);
  const follow = (sessionId: string) => watchSession(gateway, sessionId, terminal, terminal.interrupted);
  const { sessionId } = await debate(gateway, scenario, follow, terminal.interrupted);
  for (const line of ['', ...new Timeline(terminal.style).whereNext({ url: address.url, sessionId })]) terminal.out(line);
};
