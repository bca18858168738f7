import { INT_MAX, LONG_MAX, UINT_MAX } from "./numbers.ts";
import { bool, number, oneOf, string } from "./option_types.ts";

const MIB = 1n << 20n;

/** Listening, connections and clients. */
export const NETWORK_OPTIONS = [
  bool(
    "protected-mode",
    true,
    "Serve only loopback clients while no password and no bind address is set.",
  ),
  number("port", 6379n, [0n, 65535n], "TCP port; 0 listens on none."),
  number(
    "tcp-backlog",
    511n,
    [0n, INT_MAX],
    "Connections the kernel queues for each listener.",
    { isImmutable: true },
  ),
  string("unixsocket", null, "Path of a Unix socket to listen on.", {
    form: "path",
    isImmutable: true,
  }),
  number(
    "unixsocketperm",
    0n,
    [0n, 0o777n],
    "Permissions of the Unix socket; 0 leaves them to the umask.",
    { form: "octal", isUnsigned: true, isImmutable: true },
  ),
  string(
    "bind-source-addr",
    null,
    "Local address of outgoing connections.",
    { waitsFor: "replication" },
  ),
  number(
    "socket-mark-id",
    0n,
    [0n, UINT_MAX],
    "Mark of listening sockets (SO_MARK).",
    {
      isUnsigned: true,
      isImmutable: true,
      noop: "Deno gives no access to this socket option.",
    },
  ),
  number(
    "timeout",
    0n,
    [0n, INT_MAX],
    "Seconds after which an idle client is closed; 0 never does.",
  ),
  number(
    "tcp-keepalive",
    300n,
    [0n, INT_MAX],
    "Seconds between TCP keepalive probes; 0 sends none. Deno can only switch probing on or off.",
  ),
  number(
    "maxclients",
    10000n,
    [1n, UINT_MAX],
    "Clients connected at the same time.",
    { isUnsigned: true },
  ),
  number(
    "max-new-connections-per-cycle",
    10n,
    [1n, 1000n],
    "Connections accepted in one turn of the event loop.",
    {
      isUnsigned: true,
      since: "7.4",
      noop: "Deno's event loop decides how many connections it accepts.",
    },
  ),
  number(
    "max-new-tls-connections-per-cycle",
    1n,
    [1n, 1000n],
    "TLS connections accepted in one turn of the event loop.",
    {
      isUnsigned: true,
      since: "7.4",
      noop: "Deno's event loop decides how many connections it accepts.",
    },
  ),
  number(
    "proto-max-bulk-len",
    512n * MIB,
    [MIB, LONG_MAX],
    "Longest bulk string a client may send.",
    { form: "memory" },
  ),
  number(
    "client-query-buffer-limit",
    1024n * MIB,
    [MIB, LONG_MAX],
    "Longest query buffer of a client.",
    { form: "memory", isUnsigned: true },
  ),
  number(
    "tracking-table-max-keys",
    1000000n,
    [0n, LONG_MAX],
    "Keys remembered for client-side caching.",
    { isUnsigned: true },
  ),
  string("requirepass", null, "Password of the default user.", {
    form: "bytes",
    isSensitive: true,
  }),
  string("aclfile", "", "File the users are loaded from.", {
    form: "path",
    isImmutable: true,
  }),
  number(
    "acllog-max-len",
    128n,
    [0n, LONG_MAX],
    "Entries the ACL log keeps.",
  ),
  oneOf(
    "acl-pubsub-default",
    "resetchannels",
    ["allchannels", "resetchannels"],
    "Channels a new user may use.",
  ),
] as const;

const TLS_FILE = { form: "path", isVolatile: true } as const;
const NOT_IN_DENO =
  "Deno's TLS (rustls) chooses protocols, ciphers and session caching itself.";

/** TLS. */
export const TLS_OPTIONS = [
  number("tls-port", 0n, [0n, 65535n], "TCP port for TLS; 0 listens on none."),
  string("tls-cert-file", null, "Certificate of the server (PEM).", TLS_FILE),
  string("tls-key-file", null, "Private key of the server (PEM).", TLS_FILE),
  string("tls-key-file-pass", null, "Password of the private key.", {
    isSensitive: true,
    noop: "Deno reads only private keys that are not encrypted.",
  }),
  string("tls-ca-cert-file", null, "Certificates clients are checked with.", {
    ...TLS_FILE,
  }),
  string(
    "tls-ca-cert-dir",
    null,
    "Directory of certificates clients are checked with.",
    TLS_FILE,
  ),
  oneOf(
    "tls-auth-clients",
    "yes",
    ["no", "yes", "optional"],
    "Whether clients must show a certificate.",
  ),
  string(
    "tls-client-cert-file",
    null,
    "Certificate used towards other servers.",
    { ...TLS_FILE, waitsFor: "replication" },
  ),
  string(
    "tls-client-key-file",
    null,
    "Private key used towards other servers.",
    { ...TLS_FILE, waitsFor: "replication" },
  ),
  string(
    "tls-client-key-file-pass",
    null,
    "Password of the private key used towards other servers.",
    {
      isSensitive: true,
      noop: "Deno reads only private keys that are not encrypted.",
    },
  ),
  string("tls-dh-params-file", null, "Diffie-Hellman parameters.", {
    ...TLS_FILE,
    noop: NOT_IN_DENO,
  }),
  string("tls-protocols", null, "TLS versions to offer.", {
    noop: NOT_IN_DENO,
  }),
  string("tls-ciphers", null, "Ciphers up to TLS 1.2.", { noop: NOT_IN_DENO }),
  string("tls-ciphersuites", null, "Cipher suites of TLS 1.3.", {
    noop: NOT_IN_DENO,
  }),
  bool(
    "tls-prefer-server-ciphers",
    false,
    "Use the server's order of ciphers.",
    { noop: NOT_IN_DENO },
  ),
  bool("tls-session-caching", true, "Keep TLS sessions for resumption.", {
    noop: NOT_IN_DENO,
  }),
  number(
    "tls-session-cache-size",
    20480n,
    [0n, INT_MAX],
    "TLS sessions kept.",
    { noop: NOT_IN_DENO },
  ),
  number(
    "tls-session-cache-timeout",
    300n,
    [0n, INT_MAX],
    "Seconds a TLS session is kept.",
    { noop: NOT_IN_DENO },
  ),
  bool("tls-cluster", false, "Use TLS between cluster nodes.", {
    waitsFor: "cluster",
  }),
  bool("tls-replication", false, "Use TLS towards the master.", {
    waitsFor: "replication",
  }),
] as const;
