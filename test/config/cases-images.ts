import { type Case, swap } from './edits.ts';

const digest = '0123456789abcdef'.repeat(4);

/** Images: what a reference must spell out, and whose registry the pull secret is for. */
export const imageCases: readonly Case[] = [
  {
    why: 'an image with the tag latest',
    edit: swap('api:237c6b8', 'api:latest'),
    errors: [
      'cluster.yaml:49:8: images.api: found "registry.example.com/app/api:latest"; allowed: an image as registry.example.com/name:tag, optionally with @sha256:<64 hex digits>; the tag is not latest',
    ],
  },
  {
    why: 'latest with a digest: the tag says nothing of what runs',
    edit: swap('api:237c6b8', `api:latest@sha256:${digest}`),
    errors: [
      'cluster.yaml:49:8: images.api: found "registry.example.com/app/api:latest@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"; allowed: an image as registry.example.com/name:tag, optionally with @sha256:<64 hex digits>; the tag is not latest',
    ],
  },
  {
    why: 'an image without a tag',
    edit: swap('api:237c6b8', 'api'),
    errors: [
      'cluster.yaml:49:8: images.api: found "registry.example.com/app/api"; allowed: an image as registry.example.com/name:tag, optionally with @sha256:<64 hex digits>; the tag is not latest',
    ],
  },
  {
    why: 'an image by digest only: nobody can read which version it is',
    edit: swap('api:237c6b8', `api@sha256:${digest}`),
    errors: [
      'cluster.yaml:49:8: images.api: found "registry.example.com/app/api@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"; allowed: an image as registry.example.com/name:tag, optionally with @sha256:<64 hex digits>; the tag is not latest',
    ],
  },
  {
    why: 'a digest that is too short',
    edit: swap('api:237c6b8', 'api:237c6b8@sha256:0123456789abcdef'),
    errors: [
      'cluster.yaml:49:8: images.api: found "registry.example.com/app/api:237c6b8@sha256:0123456789abcdef"; allowed: an image as registry.example.com/name:tag, optionally with @sha256:<64 hex digits>; the tag is not latest',
    ],
  },
  {
    why: 'a digest in capitals',
    edit: swap('api:237c6b8', `api:237c6b8@sha256:${digest.toUpperCase()}`),
    errors: [
      'cluster.yaml:49:8: images.api: found "registry.example.com/app/api:237c6b8@sha256:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"; allowed: an image as registry.example.com/name:tag, optionally with @sha256:<64 hex digits>; the tag is not latest',
    ],
  },
  {
    why: 'a digest of another algorithm',
    edit: swap('api:237c6b8', `api:237c6b8@md5:${digest.slice(32)}`),
    errors: [
      'cluster.yaml:49:8: images.api: found "registry.example.com/app/api:237c6b8@md5:0123456789abcdef0123456789abcdef"; allowed: an image as registry.example.com/name:tag, optionally with @sha256:<64 hex digits>; the tag is not latest',
    ],
  },
  {
    why: 'an image without its registry',
    edit: swap('docker.io/library/redis:7.4.9-alpine', 'redis:7.4.9-alpine'),
    errors: [
      'cluster.yaml:52:10: images.redis: found "redis:7.4.9-alpine"; allowed: an image as registry.example.com/name:tag, optionally with @sha256:<64 hex digits>; the tag is not latest',
    ],
  },
  {
    why: 'an image with a scheme',
    edit: swap('registry.example.com/app/api', 'https://registry.example.com/app/api'),
    errors: [
      'cluster.yaml:49:8: images.api: found "https://registry.example.com/app/api:237c6b8"; allowed: an image as registry.example.com/name:tag, optionally with @sha256:<64 hex digits>; the tag is not latest',
    ],
  },
  {
    why: 'an image of another registry, for which there is no pull secret',
    edit: swap('registry.example.com/app/worker', 'ghcr.io/app/worker'),
    errors: [
      'cluster.yaml:50:11: images.worker: found "ghcr.io/app/worker:237c6b8"; allowed: an image of registry.host, registry.example.com',
    ],
  },
  {
    why: 'a registry whose name only begins alike',
    edit: swap('registry.example.com/app/admin', 'registry.example.com.evil.example/app/admin'),
    errors: [
      'cluster.yaml:51:10: images.admin: found "registry.example.com.evil.example/app/admin:237c6b8"; allowed: an image of registry.host, registry.example.com',
    ],
  },
  {
    why: 'another registry for all: each image is told',
    edit: swap('host: registry.example.com', 'host: git.example.com'),
    errors: [
      'cluster.yaml:49:8: images.api: found "registry.example.com/app/api:237c6b8"; allowed: an image of registry.host, git.example.com',
      'cluster.yaml:50:11: images.worker: found "registry.example.com/app/worker:237c6b8"; allowed: an image of registry.host, git.example.com',
      'cluster.yaml:51:10: images.admin: found "registry.example.com/app/admin:237c6b8"; allowed: an image of registry.host, git.example.com',
    ],
  },
];
