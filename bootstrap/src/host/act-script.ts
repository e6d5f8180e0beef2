/**
 * Runs on a host, carries out a list of tasks in order and stops at the first that fails. Prints one line of JSON:
 * how many are done, and of the one that failed its exit code and what it said.
 */
export const ACT_SCRIPT = `
import fcntl, grp, json, os, pwd, subprocess, time

def ids(owner):
    user, group = owner.split(':')
    return pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid

# Whole or not at all, and with its mode and owner from its first moment under its name.
def write(task):
    path, folder = task['path'], os.path.dirname(task['path'])
    os.makedirs(folder, 0o755, exist_ok=True)
    draft = path + '.honeydue-new'
    try:
        os.unlink(draft)
    except FileNotFoundError:
        pass
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), 'wb') as file:
        file.write(task['content'].encode())
        os.fchown(file.fileno(), *ids(task['owner']))
        os.fchmod(file.fileno(), int(task['mode'], 8))
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)

def folder(task):
    os.makedirs(task['path'], 0o755, exist_ok=True)
    os.chown(task['path'], *ids(task['owner']))
    os.chmod(task['path'], int(task['mode'], 8))

def remove(task):
    try:
        os.unlink(task['path'])
    except FileNotFoundError:
        pass

def run(task):
    done = subprocess.run(task['words'], input=task.get('input', '').encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=task['deadline'] / 1000, env={**os.environ, **task.get('env', {})})
    if done.returncode != 0:
        raise Failed(done.returncode, done.stdout.decode('utf-8', 'replace')[-2000:])

class Failed(Exception):
    def __init__(self, exit_code, said):
        self.exit_code, self.said = exit_code, said

# What a run that was cut off has begun here goes on to its end: it and the next one must not work at once.
def alone(patience):
    handle = os.open('/run/honeydue.lock', os.O_CREAT | os.O_RDWR, 0o600)
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise Failed(-1, 'another run still works on this host (fuser -v /run/honeydue.lock tells which process)')
            time.sleep(0.2)

KINDS = {'write': write, 'folder': folder, 'remove': remove, 'run': run}

def main(work):
    tasks = work['tasks']
    done = 0
    try:
        alone(work['patience'])
        for task in tasks:
            KINDS[task['kind']](task)
            done += 1
        answer = {'done': done}
    except Failed as failed:
        answer = {'done': done, 'exitCode': failed.exit_code, 'said': failed.said}
    except subprocess.TimeoutExpired as expired:
        answer = {'done': done, 'exitCode': -1, 'said': 'it did not end within its deadline'}
    except (OSError, KeyError, ValueError) as error:
        answer = {'done': done, 'exitCode': -1, 'said': str(error)}
    print(json.dumps(answer))
`;
