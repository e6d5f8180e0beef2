import type { Check } from '../../frame/step.ts';
import { all } from './judge.ts';
import type { SeenSite } from './seen.ts';

/** Whether the cluster holds what the files of this deployment say. */
export function checkDrift({ distDrift, secretsDrift }: SeenSite): Check[] {
  return [
    ...(distDrift
      ? [all('dist/ applied', distDrift, { fine: 'as it is', advice: 'zx bootstrap/deploy.mjs --dry-run' })]
      : []),
    ...(secretsDrift
      ? [
          all('prod.env in the cluster', secretsDrift, {
            fine: 'the same values',
            advice: 'zx bootstrap/secrets.mjs --dry-run',
          }),
        ]
      : []),
  ];
}
