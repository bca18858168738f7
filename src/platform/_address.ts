/** Addresses as Redis writes them. */

/** `ip:port` or `[ip6]:port`. */
export function addressText(host: string, port: number): string {
  const plain = withoutMapping(host);
  return plain.includes(":") ? `[${plain}]:${port}` : `${plain}:${port}`;
}

/** Whether a peer's address is one of those Redis calls local. */
export function isLoopbackHost(host: string): boolean {
  const plain = withoutMapping(host);
  return plain === "127.0.0.1" || plain === "::1";
}

/** An IPv4 peer of a socket that serves both families comes as an IPv6 address. */
function withoutMapping(host: string): string {
  return host.replace(/^::ffff:(?=[\d.]+$)/, "");
}

let lastDescriptor = 7;

/** A number for `fd=`: the runtime does not tell the real one. */
export function nextDescriptor(): number {
  return ++lastDescriptor;
}
