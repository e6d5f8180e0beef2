/** The lab's emulator of the Hetzner Cloud API: what the rest of the lab uses of it. */
export type { MachineNetwork, MachineSpec, ServerBackend } from './backend/backend.ts';
export { createMemoryBackend, type MemoryBackend } from './backend/memory.ts';
export { type CloudConfig, defaultConfig, labReadToken, labToken } from './config.ts';
export type { FaultRequest } from './faults/fault.ts';
export { preset } from './faults/presets.ts';
export type { CloudControl, RequestLogEntry } from './serve/control.ts';
export { type ControlAddress, remoteControl } from './serve/remote-control.ts';
export { type Cloud, type StartOptions, startCloud } from './serve/start.ts';
export { apiUrl, cloudControl, startCloudEmulator, stopCloudEmulator } from './service.ts';
export { type CloudState, emptyState } from './state/model.ts';
