/** One release of the lab's k3s. */
export interface Release {
  /** As the binary and its nodes name themselves: never a genuine k3s's name. */
  readonly version: string;
  /** Release of the Kubernetes module inside. */
  readonly kubernetes: string;
  /** Go module file of the launcher for this release, below `launcher/`. */
  readonly moduleFile: string;
}

/** Oldest first: an upgrade goes from the first to the second. */
export const RELEASES = [
  { version: 'v1.34.3+lab1', kubernetes: 'v1.34.3', moduleFile: 'releases/v1.34.3.mod' },
  { version: 'v1.34.4+lab1', kubernetes: 'v1.34.4', moduleFile: 'go.mod' },
] as const satisfies readonly Release[];

/** The release that the lab installs unless told otherwise. */
export const NEWEST: string = RELEASES[1].version;

/** Checksums of a release, in the format of sha256sum(1). */
export const CHECKSUMS = 'sha256sum-amd64.txt';

/** A genuine release's system images, under the name of its release asset. */
export const SYSTEM_IMAGES = 'k3s-airgap-images-amd64.tar';

/** Where hosts fetch releases from. */
export const RELEASES_HOST = 'releases.lab';
export const RELEASES_PORT = 8080;

/** Address of a release's file, in the layout of k3s's release assets; the plus of a version is escaped there. */
export function releaseUrl(version: string, file: 'k3s' | typeof CHECKSUMS | typeof SYSTEM_IMAGES): string {
  return `http://${RELEASES_HOST}:${RELEASES_PORT}/download/${encodeURIComponent(version)}/${file}`;
}

/** Image names that the launcher knows, and the program each holds (see launcher/images/images.go). */
export const IMAGES = {
  'honeydue.lab/pause:1': 'pause',
  'honeydue.lab/volume:1': 'volume',
  'honeydue.lab/coredns:1.13.1': 'coredns',
  'honeydue.lab/local-path-provisioner:0.0.30': 'local-path-provisioner',
  'honeydue.lab/metrics-server:0.8.0': 'metrics-server',
} as const;

/** Programs of other people that are built from their modules as they are. */
export const MODULES = {
  'local-path-provisioner': 'github.com/rancher/local-path-provisioner@v0.0.30',
  'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server@v0.8.0',
} as const;

/** Linker flags of a release: it reports its own name, and Kubernetes' version number for clients that compare. */
export function linkerFlags(release: Release): string {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)\./.exec(release.kubernetes) ?? [];
  const stamps = {
    'main.release': release.version,
    'k8s.io/component-base/version.gitVersion': release.version,
    'k8s.io/component-base/version.gitMajor': major,
    'k8s.io/component-base/version.gitMinor': minor,
    'k8s.io/client-go/pkg/version.gitVersion': release.version,
  };
  return ['-s', '-w', ...Object.entries(stamps).map(([name, value]) => `-X ${name}=${value}`)].join(' ');
}
