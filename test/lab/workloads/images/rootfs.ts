import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { must, run } from '../../core/process.ts';

/** A root file system in the making. */
export class RootFs {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Writes a text file. */
  async file(path: string, text: string, mode = 0o644): Promise<void> {
    const target = join(this.root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    await chmod(target, mode);
  }

  /** Makes a folder. */
  async folder(path: string, mode = 0o755): Promise<void> {
    const target = join(this.root, path);
    await mkdir(target, { recursive: true });
    await chmod(target, mode);
  }

  /** Copies a program from this machine, and the shared libraries that it needs. */
  async program(source: string, path: string): Promise<void> {
    await this.copy(source, path);
    for (const library of await sharedLibraries(source)) await this.copy(library, library);
  }

  /** Puts in busybox with a link for each of its commands, as Alpine has. */
  async busybox(source: string): Promise<void> {
    await this.program(source, '/bin/busybox');
    const applets = (await must([source, '--list'])).trim().split('\n');
    for (const applet of applets) {
      if (applet !== 'busybox') await symlink('busybox', join(this.root, 'bin', applet));
    }
  }

  /** What every image has: a few accounts, name resolution, the lab's authority as the only trusted one, mount points. */
  async base(authority: string): Promise<void> {
    await this.file(
      '/etc/passwd',
      'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
    );
    await this.file('/etc/group', 'root:x:0:\nnobody:x:65534:\n');
    await this.file('/etc/nsswitch.conf', 'hosts: files dns\n');
    await this.file('/etc/ssl/certs/ca-certificates.crt', authority);
    for (const mountPoint of ['/dev', '/proc', '/sys']) await this.folder(mountPoint);
    await this.folder('/tmp', 0o1777);
  }

  private async copy(source: string, path: string): Promise<void> {
    const target = join(this.root, path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(source, target);
    await chmod(target, 0o755);
  }
}

/** Paths of the shared libraries and the loader of a program, none for a static one. */
export async function sharedLibraries(program: string): Promise<string[]> {
  const listing = await run(['ldd', program]);
  if (listing.exitCode !== 0) return []; // "not a dynamic executable"
  return listing.stdout.split('\n').flatMap((line) => line.match(/(?:=> )?(\/\S+) \(0x/)?.[1] ?? []);
}
