import { isCredentialPath, isSystemPath } from '../commands/tools/files.js';
import { commandRule, marked, type HardRule } from './hard-rule.js';

const MAN = 'https://man7.org/linux/man-pages';

/** Below a directory for temporary files, and not that directory itself. */
const isTemporary = (path: string): boolean =>
  /^\/(var\/)?tmp\/[^*?]/.test(path) && !path.includes('..') && !/^\/(var\/)?tmp\/\.?\/*$/.test(path);

/** What must not be done to a host. */
export const HOST_RULES: HardRule[] = [
  commandRule(
    'REJECT',
    { id: 'rm-recursive', reason: 'It deletes a directory tree.', reference: `${MAN}/man1/rm.1.html` },
    (fact) =>
      /^(rm|unlink)$/.test(fact.tool) &&
      fact.effect === 'destroy' &&
      (fact.recursive || fact.scopeAll || (fact.force && fact.targets.some((path) => /[*?]/.test(path)))) &&
      !(fact.targets.length > 0 && fact.unresolved.length === 0 && fact.targets.every(isTemporary)),
  ),
  commandRule(
    'REJECT',
    { id: 'rm-system-file', reason: 'It deletes a system file.', reference: `${MAN}/man7/hier.7.html` },
    (fact) => fact.tool === 'rm' && fact.targets.some(isSystemPath),
  ),
  commandRule(
    'REJECT',
    { id: 'find-delete', reason: 'It deletes everything that a search finds.', reference: `${MAN}/man1/find.1.html` },
    (fact) => marked(fact, 'find-delete'),
  ),
  commandRule(
    'REJECT',
    { id: 'write-device', reason: 'It writes to a device and so over a file system.', reference: `${MAN}/man1/dd.1.html` },
    (fact) => marked(fact, 'writes-device', 'formats', 'wipes'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'truncate-file',
      reason: 'It empties a file, or moves it where nothing comes back from.',
      reference: `${MAN}/man1/truncate.1.html`,
    },
    (fact) => marked(fact, 'truncates', 'moves-to-null'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'write-credentials',
      reason: 'It writes to a file that decides who may log in or what runs at login.',
      reference: 'https://attack.mitre.org/techniques/T1098/',
    },
    (fact) =>
      marked(fact, 'writes-credentials') ||
      (fact.effect !== 'read' && /^(chmod|chown|chgrp|ln)$/.test(fact.tool) && fact.targets.some(isCredentialPath)),
  ),
  commandRule(
    'REJECT',
    {
      id: 'write-system-file',
      reason: 'It copies over the system files of a host.',
      reference: `${MAN}/man7/hier.7.html`,
    },
    (fact) => marked(fact, 'writes-system-file'),
  ),
  commandRule(
    'REJECT',
    { id: 'kernel-write', reason: 'It writes to the kernel or changes its modules.', reference: `${MAN}/man5/proc.5.html` },
    (fact) => marked(fact, 'writes-kernel', 'kernel-module'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'open-permissions',
      reason: 'It opens files to everybody, sets a setuid bit, or does so for a whole tree.',
      reference: `${MAN}/man1/chmod.1.html`,
    },
    (fact) => marked(fact, 'opens-permissions', 'sets-setuid', 'recursive-on-system'),
  ),
  commandRule(
    'REJECT',
    { id: 'stop-host', reason: 'It stops or restarts a whole host.', reference: `${MAN}/man1/systemctl.1.html` },
    (fact) => marked(fact, 'stops-host'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'stop-database',
      reason: 'It stops a database or another store of state.',
      reference: 'https://www.postgresql.org/docs/current/server-shutdown.html',
    },
    (fact) => marked(fact, 'stops-database'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'stop-core-service',
      reason: 'It stops what the host itself needs to be reached or to run containers.',
      reference: `${MAN}/man1/systemctl.1.html`,
    },
    (fact) => marked(fact, 'stops-core-service'),
  ),
  commandRule(
    'REJECT',
    { id: 'kill-everything', reason: 'It signals every process.', reference: `${MAN}/man2/kill.2.html` },
    (fact) => marked(fact, 'kills-everything'),
  ),
  commandRule(
    'REJECT',
    { id: 'flush-firewall', reason: 'It takes the firewall down.', reference: `${MAN}/man8/iptables.8.html` },
    (fact) => marked(fact, 'flushes-firewall', 'opens-firewall', 'cuts-network'),
  ),
  commandRule(
    'REJECT',
    {
      id: 'download-to-shell',
      reason: 'It runs what it has just downloaded or decoded.',
      reference: 'https://attack.mitre.org/techniques/T1059/004/',
    },
    (fact) => marked(fact, 'download-to-shell', 'decoded-to-shell'),
  ),
  commandRule(
    'REJECT',
    { id: 'reverse-shell', reason: 'It hands a shell to the network.', reference: 'https://attack.mitre.org/techniques/T1059/' },
    (fact) => marked(fact, 'reverse-shell'),
  ),
  commandRule(
    'REJECT',
    { id: 'mirror-delete', reason: 'It deletes at the target what the source lacks.', reference: `${MAN}/man1/rsync.1.html` },
    (fact) => marked(fact, 'mirror-delete'),
  ),
  commandRule(
    'REJECT',
    { id: 'remove-user', reason: 'It removes a user or changes who has rights.', reference: `${MAN}/man8/userdel.8.html` },
    (fact) => marked(fact, 'removes-user', 'widens-rights', 'changes-password'),
  ),
  commandRule(
    'REJECT',
    { id: 'remove-schedule', reason: 'It removes all scheduled jobs of a user.', reference: `${MAN}/man1/crontab.1.html` },
    (fact) => marked(fact, 'removes-schedule'),
  ),
];
