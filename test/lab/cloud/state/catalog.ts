/**
 * What the emulated provider sells. Names, sizes and zones are the provider's; prices are not (the lab bills nothing).
 */

export interface Location {
  id: number;
  name: string;
  description: string;
  country: string;
  city: string;
  latitude: number;
  longitude: number;
  network_zone: string;
}

export interface ServerType {
  id: number;
  name: string;
  description: string;
  cores: number;
  /** Gigabytes. */
  memory: number;
  /** Gigabytes. */
  disk: number;
  cpu_type: 'shared' | 'dedicated';
  architecture: 'x86' | 'arm';
  category: string;
  locations: string[];
}

export interface Image {
  id: number;
  name: string;
  description: string;
  os_flavor: 'ubuntu' | 'debian';
  os_version: string;
  architecture: 'x86' | 'arm';
}

export const locations: readonly Location[] = [
  place(1, 'fsn1', 'Falkenstein DC Park 1', 'DE', 'Falkenstein', 50.47612, 12.370071, 'eu-central'),
  place(2, 'nbg1', 'Nuremberg DC Park 1', 'DE', 'Nuremberg', 49.452102, 11.076665, 'eu-central'),
  place(3, 'hel1', 'Helsinki DC Park 1', 'FI', 'Helsinki', 60.169855, 24.938379, 'eu-central'),
  place(4, 'ash', 'Ashburn, VA', 'US', 'Ashburn, VA', 39.045821, -77.487073, 'us-east'),
  place(5, 'hil', 'Hillsboro, OR', 'US', 'Hillsboro, OR', 45.54222, -122.951924, 'us-west'),
  place(6, 'sin', 'Singapore', 'SG', 'Singapore', 1.283333, 103.833333, 'ap-southeast'),
];

const european = ['fsn1', 'nbg1', 'hel1'];

export const serverTypes: readonly ServerType[] = [
  size(114, 'cx23', 2, 4, 40, 'shared', 'x86', 'cost_optimized', european),
  size(115, 'cx33', 4, 8, 80, 'shared', 'x86', 'cost_optimized', european),
  size(116, 'cx43', 8, 16, 160, 'shared', 'x86', 'cost_optimized', european),
  size(109, 'cpx22', 2, 4, 80, 'shared', 'x86', 'regular_purpose', [...european, 'sin']),
  size(93, 'cax21', 4, 8, 80, 'shared', 'arm', 'cost_optimized', european),
  size(96, 'ccx13', 2, 8, 80, 'dedicated', 'x86', 'general_purpose', [...european, 'ash', 'hil', 'sin']),
];

export const images: readonly Image[] = [
  system(67794396, 'ubuntu-22.04', 'Ubuntu 22.04', 'ubuntu', '22.04', 'x86'),
  system(161547269, 'ubuntu-24.04', 'Ubuntu 24.04', 'ubuntu', '24.04', 'x86'),
  system(161547270, 'ubuntu-24.04', 'Ubuntu 24.04', 'ubuntu', '24.04', 'arm'),
  system(114690387, 'debian-12', 'Debian 12', 'debian', '12', 'x86'),
];

/** Whether a type can be ordered in a location now. `soldOut` holds `type/location` pairs. */
export function isAvailable(type: ServerType, location: string, soldOut: readonly string[]): boolean {
  return type.locations.includes(location) && !soldOut.includes(`${type.name}/${location}`);
}

/** Finds a catalogue entry by its id or its name, as requests may give either. */
export function byIdOrName<T extends { id: number; name: string }>(
  entries: readonly T[],
  wanted: string,
): T | undefined {
  return entries.find((entry) => String(entry.id) === wanted || entry.name === wanted);
}

function place(
  id: number,
  name: string,
  description: string,
  country: string,
  city: string,
  latitude: number,
  longitude: number,
  network_zone: string,
): Location {
  return { id, name, description, country, city, latitude, longitude, network_zone };
}

function size(
  id: number,
  name: string,
  cores: number,
  memory: number,
  disk: number,
  cpu_type: ServerType['cpu_type'],
  architecture: ServerType['architecture'],
  category: string,
  where: string[],
): ServerType {
  const description = name.toUpperCase();
  return { id, name, description, cores, memory, disk, cpu_type, architecture, category, locations: where };
}

function system(
  id: number,
  name: string,
  description: string,
  os_flavor: Image['os_flavor'],
  os_version: string,
  architecture: Image['architecture'],
): Image {
  return { id, name, description, os_flavor, os_version, architecture };
}
