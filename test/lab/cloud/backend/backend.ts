/** What a machine is created from. */
export interface MachineSpec {
  /** The server's id in the API; every later call names the machine by it. */
  id: number;
  name: string;
  serverType: string;
  image: string;
  location: string;
  publicIPv4: string | null;
  /** The address the machine itself uses, the `::1` of its /64. */
  publicIPv6: string | null;
  userData: string;
  /** OpenSSH public keys for root, as the provider's images get them. */
  publicKeys: string[];
  privateNets: MachineNetwork[];
}

/** A private network as a machine sees it. */
export interface MachineNetwork {
  network: number;
  ip: string;
  /** The network's range and gateway, for the machine's routes. */
  ipRange: string;
  gateway: string;
  mac: string;
}

/**
 * Machines under the emulated servers. Calls for one machine come one after the other; each resolves when it is done
 * and rejects with an error that says what went wrong (it becomes the action's error).
 */
export interface ServerBackend {
  /** Makes the machine; it stays off. */
  create(spec: MachineSpec): Promise<void>;
  powerOn(id: number): Promise<void>;
  /** Cuts the power. Nothing happens when the machine is off or was never made. */
  powerOff(id: number): Promise<void>;
  /** Asks the machine to halt and resolves when it has. */
  shutdown(id: number): Promise<void>;
  reboot(id: number): Promise<void>;
  attachNetwork(id: number, network: MachineNetwork): Promise<void>;
  detachNetwork(id: number, network: MachineNetwork): Promise<void>;
  /** Removes the machine and its disk. Nothing happens when there is none. */
  destroy(id: number): Promise<void>;
}
