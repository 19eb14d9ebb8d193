import { ExecPlugin } from './exec-plugin.js';

/** A user as the kubeconfig has it, whose plugin is a script of Node.js. */
const user = (script: string) => ExecPlugin.taken({ name: 'u', exec: { command: process.execPath, args: ['-e', script] } });

it('ends a plugin that hangs, and runs it anew for whoever asks then', async () => {
  const plugin = new ExecPlugin(200);
  for (const _ of [1, 2])
    await expect(plugin.applyAuthentication(user('setInterval(() => undefined, 1_000);'), {})).rejects.toThrow(
      /did not end in time/,
    );
});

it('uses a credential until it ends', async () => {
  const plugin = new ExecPlugin();
  const tokenOf = async (script: string): Promise<unknown> => {
    const options: { headers?: unknown } = {};
    await plugin.applyAuthentication(user(script), options);
    return options.headers;
  };
  const answer = (token: string, expirationTimestamp: string) =>
    `console.log(${JSON.stringify(JSON.stringify({ status: { token, expirationTimestamp } }))})`;
  expect(await tokenOf(answer('old', '2026-01-01T00:00:00Z'))).toEqual({ Authorization: 'Bearer old' });
  expect(await tokenOf(answer('new', '2999-01-01T00:00:00Z'))).toEqual({ Authorization: 'Bearer new' });
  expect(await tokenOf(answer('newer', '2999-01-01T00:00:00Z'))).toEqual({ Authorization: 'Bearer new' });
});

it('takes certificates, and does not repeat what is no credential', async () => {
  const options = {};
  const status = { clientCertificateData: 'cert', clientKeyData: 'key' };
  await new ExecPlugin().applyAuthentication(user(`console.log('${JSON.stringify({ status })}')`), options);
  expect(options).toEqual({ cert: 'cert', key: 'key' });
  await expect(new ExecPlugin().applyAuthentication(user('console.log("s3cret")'), options)).rejects.toThrow(
    /printed no credential$/,
  );
});
