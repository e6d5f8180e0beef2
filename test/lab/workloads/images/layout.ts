import { link, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '../../core/process.ts';
import { sha256, sha256File } from './digest.ts';

/** What a container runtime reads from an image; the fields of the OCI image configuration that the lab uses. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  readonly user?: string;
  readonly ports?: readonly number[];
}

export interface Image {
  /** Full name with registry and tag. */
  readonly reference: string;
  /** Path of the one layer, an uncompressed tar: three hosts on two cores copy faster than they unzip. */
  readonly layer: string;
  readonly config: ImageConfig;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** No time of day: the same inputs give the same digests. */
const CREATED = '1970-01-01T00:00:00Z';

/** Packs a folder into a layer that depends on nothing but names, modes and contents. */
export async function packLayer(root: string, tarFile: string): Promise<void> {
  const order = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  await must(['tar', '--create', `--file=${tarFile}`, ...order, `--directory=${root}`, '.'], {
    timeoutMs: 120_000,
  });
}

/**
 * Writes an OCI image layout with all images into an empty folder. Layers are hard links, so an image costs
 * a few hundred bytes.
 */
export async function writeLayout(folder: string, images: readonly Image[]): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const addText = async (mediaType: string, value: unknown): Promise<Descriptor> => {
    const text = JSON.stringify(value);
    const digest = sha256(text);
    await writeFile(join(blobs, digest), text);
    return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
  };
  const layers = new Map<string, Descriptor>();
  const addLayer = async (path: string): Promise<Descriptor> => {
    const digest = await sha256File(path);
    await link(path, join(blobs, digest)).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const { size } = await stat(path);
    return { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${digest}`, size };
  };
  const manifests: object[] = [];
  for (const image of images) {
    const layer = layers.get(image.layer) ?? (await addLayer(image.layer));
    layers.set(image.layer, layer);
    const config = await addText(
      'application/vnd.oci.image.config.v1+json',
      configuration(image.config, layer.digest),
    );
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = await addText(mediaType, { schemaVersion: 2, mediaType, config, layers: [layer] });
    manifests.push({ ...manifest, annotations: { 'org.opencontainers.image.ref.name': image.reference } });
  }
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }, null, 1));
}

function configuration(config: ImageConfig, layer: string): object {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', ...config.env };
  return {
    created: CREATED,
    architecture: 'amd64',
    os: 'linux',
    config: {
      Entrypoint: config.entrypoint,
      ...(config.cmd ? { Cmd: config.cmd } : {}),
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ...(config.workingDir ? { WorkingDir: config.workingDir } : {}),
      ...(config.user ? { User: config.user } : {}),
      ExposedPorts: Object.fromEntries((config.ports ?? []).map((port) => [`${port}/tcp`, {}])),
    },
    rootfs: { type: 'layers', diff_ids: [layer] },
  };
}
