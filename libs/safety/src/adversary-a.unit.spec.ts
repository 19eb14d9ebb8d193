import { guard } from './guard.js';
import { ready } from './sql/parser.js';

const decisionOf = (text: string): string => guard('command', text).decision;

beforeAll(ready);

describe('the guard, told that it is harmless', () => {
  it.each([
    ...['0', 'f', 'F', 'FALSE', 'none', 'no'].map((value) => `kubectl delete ns prod --dry-run=${value}`),
    'kubectl delete ns prod --dry-run=client --dry-run=none',
    'kubectl delete ns prod --username --help',
    'kubectl delete ns prod --username --dry-run=client',
    'sudo -k rm -rf /data',
    `env --split='rm -rf /data'`,
    `env --split-s='rm -rf /data'`,
    `env -iS'rm -rf /data'`,
    `env -vS 'rm -rf /data'`,
    'git push --mir origin',
    'git push --del origin main',
    'git push --forc origin main',
    'git push --dry-run --no-dry-run origin :main',
    'echo x > /tmp/../etc/passwd',
    'echo x | tee //etc/passwd',
    'cp x /./etc/passwd',
    'echo x > //dev/sda',
    'rm -rf /tmp/..',
    'rm -rf /tmp/x/../../data',
    'kubectl delete ns prod --help=0',
    ...['reboot.target', 'poweroff.target', 'halt', 'kexec', 'rescue', 'systemd-reboot.service'].map(
      (unit) => `systemctl start ${unit}`,
    ),
    'mkfs -V -t ext4 /dev/sda1',
    'parted -s /dev/sda resizepart 1 1GB print',
  ])('rejects %s', (text) => expect(decisionOf(text)).toBe('REJECT'));

  it.each([
    'helm uninstall web --dry-run=0',
    'helm uninstall web --cascade --dry-run',
    'systemctl restart --dry-run=no postgresql',
    'systemctl restart --dry-run postgresql',
    'service postgresql restart',
    'git push --force-with-lease origin main',
    'iptables -D INPUT 1 -m comment --comment -L',
    'mount -l -o remount,ro /',
    'cat //etc/shadow',
    'tar cf //etc/passwd x',
    'kubectl get --raw /api/v1/namespaces/shop/%73ecrets',
    'kubectl get --raw /api/v1/namespaces/shop/SECRETS',
    'kubectl scale deployment/web -n shop --replicas=100000',
    'kubectl get pods --server=https://203.0.113.7',
    'git push -f --force-with-lease',
  ])('asks about %s', (text) => expect(decisionOf(text)).not.toBe('APPROVE'));

  it.each([
    'kubectl delete pod web-0 -n shop --dry-run=server',
    'kubectl delete pod web-0 -nshop --force --dry-run=client',
    'kubectl delete --help',
    'kubectl scale deployment/web -n shop --replicas=5',
    'systemctl restart nginx',
    'systemctl status reboot.target',
    'service nginx restart',
    'git push origin main',
    'mount -l -t ext4',
    'parted -s /dev/sda unit MiB print free',
    'iptables -nvL INPUT',
    'echo x > /tmp/x',
  ])('lets pass %s', (text) => expect(decisionOf(text)).toBe('APPROVE'));
});
