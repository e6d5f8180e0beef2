import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderKey, sha256File, shortKey } from './digest.ts';
import { type Image, packLayer, writeLayout } from './layout.ts';
import { type Ingredients, type Recipe, recipes } from './recipes.ts';
import { RootFs, sharedLibraries } from './rootfs.ts';

/**
 * Makes the OCI image layout of all images and returns its folder. Layers and the layout are cached by the contents
 * of what goes in and of the code that does it; each appears whole or not at all.
 */
export async function buildImages(
  cacheDir: string,
  from: Ingredients,
  log: (line: string) => void,
): Promise<string> {
  await mkdir(cacheDir, { recursive: true });
  const code = await folderKey(__dirname);
  const images: Image[] = [];
  for (const recipe of recipes(from)) {
    const layer = join(cacheDir, `layer-${recipe.name}-${await layerKey(recipe, code, from.authority)}.tar`);
    if (!existsSync(layer)) {
      log(`image layer ${recipe.name}`);
      await whole(layer, async (work) => {
        const root = new RootFs(join(work, 'root'));
        await recipe.fill(root);
        const tar = join(work, 'layer.tar');
        await packLayer(root.root, tar);
        return tar;
      });
    }
    for (const [reference, config] of Object.entries(recipe.images))
      images.push({ reference, layer, config });
  }
  const layout = join(
    cacheDir,
    `layout-${shortKey([code, ...images.map((image) => JSON.stringify(image))])}`,
  );
  if (!existsSync(layout)) {
    await whole(layout, async (work) => {
      await writeLayout(join(work, 'layout'), images);
      return join(work, 'layout');
    });
    log(`${images.length} images in ${layout}`);
  }
  return layout;
}

async function layerKey(recipe: Recipe, code: string, authority: string): Promise<string> {
  const libraries = (await Promise.all(recipe.sources.map(sharedLibraries))).flat();
  const files = [...new Set([...recipe.sources, ...libraries])];
  return shortKey([code, authority, ...(await Promise.all(files.map(sha256File)))]);
}

/** Lets `make` work in a folder of its own and moves what it returns to `target` at the end. */
async function whole(target: string, make: (work: string) => Promise<string>): Promise<void> {
  const work = await mkdtemp(`${target}.partial-`);
  try {
    await rename(await make(work), target);
  } catch (error) {
    if (!existsSync(target)) throw error; // another process was faster: the same inputs, the same result
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** References in a layout's index, for tables and tests. */
export async function referencesOf(layout: string): Promise<string[]> {
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as {
    manifests: { annotations: Record<string, string> }[];
  };
  return index.manifests.flatMap((entry) => entry.annotations['org.opencontainers.image.ref.name'] ?? []);
}
