/**
 * A Python program as the text that `python3 -` reads from standard input. Every server image has Python: cloud-init and
 * ufw are written in it.
 * @param data what its function `main` is given; may hold secrets, as it does not show in the list of processes
 */
export function pythonProgram(script: string, data: unknown): string {
  // A JSON text inside a JSON string is also a string of Python.
  return `${script}\nmain(json.loads(${JSON.stringify(JSON.stringify(data))}))\n`;
}

export const PYTHON = ['python3', '-'] as const;
