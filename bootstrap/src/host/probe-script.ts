/**
 * Runs on a host, looks at everything that is asked for in one go, changes nothing, and prints it as one line of JSON
 * of the shape of HostFacts. Needs nothing but Python's own library.
 */
export const PROBE_SCRIPT = String.raw`
import grp, hashlib, json, os, platform, pwd, shutil, subprocess, time

def read(path):
    try:
        with open(path, 'rb') as file:
            return file.read()
    except OSError:
        return None

def text(path):
    data = read(path)
    return None if data is None else data.decode('utf-8', 'replace')

def name(look_up, number):
    try:
        return look_up(number)[0]
    except KeyError:
        return str(number)

def file_facts(path, with_content):
    try:
        info = os.lstat(path)
    except OSError:
        return None
    data = read(path)
    facts = {
        'mode': format(info.st_mode & 0o7777, '04o'),
        'owner': name(pwd.getpwuid, info.st_uid) + ':' + name(grp.getgrgid, info.st_gid),
        'sha256': None if data is None else hashlib.sha256(data).hexdigest(),
    }
    if with_content:
        facts['content'] = None if data is None else data.decode('utf-8', 'replace')
    return facts

def run(words):
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
        return {'exitCode': done.returncode, 'stdout': done.stdout.decode('utf-8', 'replace'), 'stderr': done.stderr.decode('utf-8', 'replace')}
    except (OSError, subprocess.TimeoutExpired) as error:
        return {'exitCode': 127, 'stdout': '', 'stderr': str(error)}

def output(words):
    return run(words)['stdout']

def units(names):
    if not names:
        return {}
    shown = output(['systemctl', 'show', '-p', 'ActiveState,UnitFileState,ActiveEnterTimestampMonotonic', *names])
    facts = {}
    for unit, block in zip(names, shown.split('\n\n')):
        values = dict(line.split('=', 1) for line in block.splitlines() if '=' in line)
        facts[unit] = {
            'active': values.get('ActiveState', ''),
            'enabled': values.get('UnitFileState', ''),
            'since': int(values.get('ActiveEnterTimestampMonotonic') or 0),
        }
    return facts

def packages(names):
    found = {}
    if names:
        form = '$' + '{Package} $' + '{db:Status-Abbrev} $' + '{Version}\n'
        for line in output(['dpkg-query', '-W', '-f', form, *names]).splitlines():
            package, status, version = (line.split() + ['', ''])[:3]
            if status.startswith('ii'):
                found[package] = version
    return {package: found.get(package) for package in names}

def user(login):
    try:
        entry = pwd.getpwnam(login)
    except KeyError:
        return None
    return {'uid': entry.pw_uid, 'home': entry.pw_dir, 'shell': entry.pw_shell}

def interfaces():
    try:
        links = json.loads(output(['ip', '-j', 'addr']))
    except ValueError:
        links = []
    return [{'name': link['ifname'], 'addresses': [a['local'] for a in link.get('addr_info', []) if 'local' in a]} for link in links]

def memory():
    for line in (text('/proc/meminfo') or '').splitlines():
        if line.startswith('MemTotal:'):
            return int(line.split()[1]) * 1024
    return 0

# sudo forgets it: it is among the variables of a process above this one.
def ssh_client():
    pid = os.getpid()
    while pid > 1:
        for entry in (read('/proc/%d/environ' % pid) or b'').split(b'\0'):
            if entry.startswith(b'SSH_CONNECTION='):
                return entry.decode().split('=', 1)[1].split()[0]
        stat = text('/proc/%d/stat' % pid)
        if stat is None:
            return None
        pid = int(stat.rsplit(')', 1)[1].split()[1])
    return None

def main(query):
    release = dict(line.split('=', 1) for line in (text('/etc/os-release') or '').splitlines() if '=' in line)
    sysctl = lambda key: (text('/proc/sys/' + key.replace('.', '/')) or '').strip()
    facts = {
        'os': {'id': release.get('ID', '').strip('"'), 'version': release.get('VERSION_ID', '').strip('"')},
        'architecture': platform.machine(),
        'bootId': (text('/proc/sys/kernel/random/boot_id') or '').strip(),
        'now': time.time() * 1000,
        'clockSynchronized': output(['timedatectl', 'show', '-p', 'NTPSynchronized', '--value']).strip() == 'yes',
        'cpus': os.cpu_count(),
        'memory': memory(),
        'diskFree': shutil.disk_usage('/var/lib').free,
        'rebootRequired': os.path.exists('/run/reboot-required'),
        'sshClient': ssh_client(),
        'interfaces': interfaces(),
        'defaultRoutes': [line.split()[0] and family for family, flag in (('ipv4', '-4'), ('ipv6', '-6')) for line in output(['ip', flag, 'route', 'show', 'default']).splitlines()[:1]],
        'swaps': [line.split()[0] for line in (text('/proc/swaps') or '').splitlines()[1:]],
        'users': {login: user(login) for login in query['users']},
        'files': {path: file_facts(path, True) for path in query['files']},
        'hashes': {path: file_facts(path, False) for path in query['hashes']},
        'sysctls': {key: sysctl(key) for key in query['sysctls']},
        'units': units(query['units']),
        'packages': packages(query['packages']),
        'commands': {key: run(words) for key, words in query['commands'].items()},
    }
    print(json.dumps(facts))
`;
