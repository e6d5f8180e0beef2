import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';

/**
 * One file of dist/, named by its id. Names are always explicit here, never derived from a construct's path,
 * so renaming a construct changes nothing in dist/.
 */
export class ManifestFile extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { disableResourceNameHashes: true });
  }
}
