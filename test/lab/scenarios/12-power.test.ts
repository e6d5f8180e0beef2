import { existsSync } from 'node:fs';
import { identify, isAlive } from '../core/process.ts';
import { diskDir, processesOf } from '../hosts/store.ts';
import { createHost, from, host, PRODUCTION_HOSTS } from '../lab.ts';
import { withHosts } from '../testing/scenario.ts';
import { deployUser } from '../testing/users.ts';

const PAIR = PRODUCTION_HOSTS.slice(0, 2);
const bootId = (alias: string) => host(alias).must('cat /proc/sys/kernel/random/boot_id');

withHosts(PAIR, deployUser);

test('a reboot keeps the disk and nothing else', async () => {
  const target = host('hetzner1');
  const before = await bootId('hetzner1');
  await target.must(
    'mkdir -p /var/lib/rancher && echo kept | tee /root/kept /var/lib/rancher/kept; touch /run/lost; ip route add blackhole 198.51.100.77; iptables -A INPUT -s 198.51.100.77 -j DROP',
  );
  await target.reboot();
  expect(await bootId('hetzner1')).not.toBe(before);
  expect(await target.must('cat /root/kept /var/lib/rancher/kept')).toBe('kept\nkept\n');
  const lost = await target.must('ls /run/lost 2>&1; ip route show type blackhole; iptables -S INPUT; true');
  expect(lost).not.toMatch(/198\.51\.100\.77/);
  expect(lost).toMatch(/No such file/);
  expect(await target.must('wc -l < /root/runcmd')).toBe('1\n'); // user data is applied at the first boot only
});

test('a power cut ends every process at once; the other host does not notice; the disk is there after boot', async () => {
  const target = host('hetzner1');
  await target.must(
    'systemd-run --unit=witness sh -c "trap \'echo orderly > /root/farewell\' TERM; sleep 1000 & wait"',
  );
  const processes = processesOf('hetzner1');
  const init = identify(processes?.init ?? 0);
  await target.powerOff();
  expect(init !== undefined && isAlive(init)).toBe(false);
  expect(target.isOn()).toBe(false);
  await expect(target.exec('true')).rejects.toThrow(/powered off/);
  expect(await from('operator').connect('203.0.113.11', 22)).not.toBe('open');
  expect(await from('operator').connect('203.0.113.12', 22)).toBe('open');
  await target.boot();
  expect(await target.must('cat /root/kept; test ! -e /root/farewell')).toBe('kept\n');
  expect(await from('operator').connect('203.0.113.11', 22)).toBe('open');
});

test('a shutdown lets services say farewell', async () => {
  const target = host('hetzner1');
  await target.must(
    'systemd-run --unit=witness sh -c "trap \'echo orderly > /root/farewell; exit\' TERM; sleep 1000 & wait"',
  );
  await target.shutdown();
  expect(target.isOn()).toBe(false);
  await target.boot();
  expect(await target.must('cat /root/farewell')).toBe('orderly\n');
});

test('a killed nspawn takes its host along', async () => {
  const processes = processesOf('hetzner2');
  const init = identify(processes?.init ?? 0);
  process.kill(processes?.nspawn ?? 0, 'SIGKILL');
  await host('hetzner2').powerOff();
  expect(init !== undefined && isAlive(init)).toBe(false);
  await host('hetzner2').boot();
});

test('a destroyed host is gone; one of the same name starts with an empty disk', async () => {
  await host('hetzner1').destroy();
  expect(existsSync(diskDir('hetzner1'))).toBe(false);
  expect(() => host('hetzner1')).toThrow(/no such host/);
  const [spec] = PAIR;
  if (spec === undefined) throw new Error('no specification');
  const fresh = await createHost(spec);
  expect((await fresh.exec('cat /root/kept /var/lib/rancher/kept')).exitCode).not.toBe(0);
  expect(await from('operator').connect('203.0.113.11', 22)).toBe('open');
});
