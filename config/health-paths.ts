/** What answers when an application is well: asked by the kubelet, and by provisioning through the edge. */
export const healthPaths = {
  api: '/api/health/',
  /** Not `/admin/`, which answered 404 and had pods killed. */
  admin: '/',
} as const;
