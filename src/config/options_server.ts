import { INT_MAX, INT_MIN, LONG_MAX } from "./numbers.ts";
import { bool, flags, number, oneOf, string } from "./option_types.ts";

/** Bits of the words `shutdown-on-*` take. */
const SHUTDOWN_FLAGS = {
  default: 0,
  save: 1,
  nosave: 2,
  now: 4,
  force: 8,
} as const;

const SAVE_AND_NOSAVE = SHUTDOWN_FLAGS.save | SHUTDOWN_FLAGS.nosave;

function checkShutdownFlags(bits: number): string | null {
  return (bits & SAVE_AND_NOSAVE) === SAVE_AND_NOSAVE
    ? "shutdown options SAVE and NOSAVE can't be used simultaneously"
    : null;
}

const PROC_TITLE_VARIABLES = new Set([
  "title",
  "listen-addr",
  "server-mode",
  "port",
  "tls-port",
  "unixsocket",
  "config-file",
]);

/** Variables that may expand to nothing. */
const EMPTY_VARIABLES = new Set(["unixsocket", "config-file", "server-mode"]);

function checkProcTitleTemplate(template: string): string | null {
  let isEmpty = true;
  const rest = template.replace(
    /\{\{|\{([^{}][^}]*|)\}/g,
    (whole, name: string | undefined) => {
      if (name === undefined) isEmpty = false;
      else if (!PROC_TITLE_VARIABLES.has(name)) return whole;
      else if (!EMPTY_VARIABLES.has(name)) isEmpty = false;
      return "";
    },
  );
  if (rest.trim() !== "") isEmpty = false;
  return isEmpty || rest.includes("{")
    ? "template format is invalid or contains unknown variables"
    : null;
}

const NO_SYSLOG =
  "Deno has no syslog; a warning is logged. Collect standard output instead.";
const NO_PROC_TITLE = "Deno cannot change its process title.";
const NO_AFFINITY = "Deno cannot set CPU affinity; use taskset or a cgroup.";
const NO_CRASH_LOG =
  "AiKv has no native crash handler; Deno reports what V8 reports.";

const PROTECTED_ACTION = ["no", "yes", "local"] as const;

/** The process, its log and its shutdown. */
export const SERVER_OPTIONS = [
  bool("daemonize", false, "Run in the background.", {
    isImmutable: true,
    noop:
      "Deno cannot fork; a warning is logged. Use a service manager, or the shell's `&`.",
  }),
  oneOf(
    "supervised",
    "no",
    ["upstart", "systemd", "auto", "no"],
    "Service manager that is told of readiness.",
    {
      isImmutable: true,
      noop:
        "Use systemd's Type=simple: AiKv keeps the pid it was started with.",
    },
  ),
  string("pidfile", null, "File the process id is written to.", {
    form: "path",
    isImmutable: true,
  }),
  number("databases", 16n, [1n, INT_MAX], "Number of databases.", {
    isImmutable: true,
  }),
  number("hz", 10n, [0n, INT_MAX], "Runs of background work a second.", {
    clampTo: [1n, 500n],
  }),
  bool(
    "dynamic-hz",
    true,
    "Run background work more often when there are many clients.",
  ),
  oneOf(
    "loglevel",
    "notice",
    ["debug", "verbose", "notice", "warning", "nothing"],
    "Least important messages that are logged.",
  ),
  string("logfile", "", "File to log to; empty for standard output.", {
    form: "path",
    isImmutable: true,
  }),
  oneOf(
    "log-format",
    "redis",
    ["redis", "json"],
    "Redis's log lines, or one JSON object a line.",
    { since: "aikv" },
  ),
  bool("syslog-enabled", false, "Log to the system log.", {
    isImmutable: true,
    noop: NO_SYSLOG,
  }),
  string("syslog-ident", "redis", "Identity in the system log.", {
    isImmutable: true,
    noop: NO_SYSLOG,
  }),
  oneOf(
    "syslog-facility",
    "local0",
    [
      "user",
      "local0",
      "local1",
      "local2",
      "local3",
      "local4",
      "local5",
      "local6",
      "local7",
    ],
    "Facility in the system log.",
    { isImmutable: true, noop: NO_SYSLOG },
  ),
  bool("hide-user-data-from-log", false, "Keep keys and values out of logs.", {
    since: "7.4",
  }),
  bool("always-show-logo", false, "Show the logo in the log at start.", {
    isImmutable: true,
  }),
  bool("set-proc-title", true, "Set the process title.", {
    isImmutable: true,
    noop: NO_PROC_TITLE,
  }),
  string(
    "proc-title-template",
    "{title} {listen-addr} {server-mode}",
    "Template of the process title.",
    { validate: checkProcTitleTemplate, noop: NO_PROC_TITLE },
  ),
  string("locale-collate", "", "Locale used to compare strings.", {
    since: "7.4",
    noop: "AiKv compares bytes.",
  }),
  flags(
    "shutdown-on-sigint",
    SHUTDOWN_FLAGS,
    "How SIGINT shuts the server down.",
    { validate: checkShutdownFlags },
  ),
  flags(
    "shutdown-on-sigterm",
    SHUTDOWN_FLAGS,
    "How SIGTERM shuts the server down.",
    { validate: checkShutdownFlags },
  ),
  number(
    "shutdown-timeout",
    10n,
    [0n, INT_MAX],
    "Seconds a shutdown waits for replicas.",
    { waitsFor: "replication" },
  ),
  oneOf(
    "enable-protected-configs",
    "no",
    PROTECTED_ACTION,
    "Who may set protected options with CONFIG SET.",
    { isImmutable: true },
  ),
  oneOf(
    "enable-debug-command",
    "no",
    PROTECTED_ACTION,
    "Who may use DEBUG.",
    { isImmutable: true },
  ),
  oneOf(
    "enable-module-command",
    "no",
    PROTECTED_ACTION,
    "Who may use MODULE.",
    { isImmutable: true, noop: "AiKv does not load modules." },
  ),
  string("ignore-warnings", "", "Warnings at start to leave out.", {
    noop: "AiKv has none of the warnings this names.",
  }),
  bool("disable-thp", true, "Disable transparent huge pages.", {
    isImmutable: true,
    noop: "AiKv does not fork, so huge pages do no harm.",
  }),
  number("io-threads", 1n, [1n, 128n], "Threads that read and write sockets.", {
    isImmutable: true,
    noop: "AiKv reads and writes on its one thread.",
  }),
  bool("io-threads-do-reads", false, "Read sockets on I/O threads too.", {
    isImmutable: true,
    noop: "AiKv reads and writes on its one thread.",
  }),
  bool(
    "crash-log-enabled",
    true,
    "Log a report with a stack trace when a bug ends the server.",
  ),
  bool("crash-memcheck-enabled", true, "Check memory on a crash.", {
    noop: NO_CRASH_LOG,
  }),
  bool("use-exit-on-panic", false, "Exit instead of aborting on a panic.", {
    isHidden: true,
    noop: "AiKv always exits.",
  }),
  number(
    "watchdog-period",
    0n,
    [0n, INT_MAX],
    "Milliseconds after which the software watchdog reports.",
    { isHidden: true, noop: "AiKv has no signal-driven watchdog." },
  ),
  string("server-cpulist", null, "CPUs of the main thread.", {
    alias: "server_cpulist",
    isImmutable: true,
    noop: NO_AFFINITY,
  }),
  string("bio-cpulist", null, "CPUs of background threads.", {
    alias: "bio_cpulist",
    isImmutable: true,
    noop: NO_AFFINITY,
  }),
  string("aof-rewrite-cpulist", null, "CPUs of AOF rewrites.", {
    alias: "aof_rewrite_cpulist",
    isImmutable: true,
    noop: NO_AFFINITY,
  }),
  string("bgsave-cpulist", null, "CPUs of background saves.", {
    alias: "bgsave_cpulist",
    isImmutable: true,
    noop: NO_AFFINITY,
  }),
  oneOf(
    "oom-score-adj",
    "no",
    ["no", "yes", "relative", "absolute"],
    "Whether to adjust the kernel's OOM score.",
    {
      synonyms: { relative: "yes" },
      noop: "Deno may not write to /proc; use the service manager.",
    },
  ),
  number(
    "slowlog-log-slower-than",
    10000n,
    [-1n, LONG_MAX],
    "Microseconds from which a command enters SLOWLOG; -1 logs none.",
  ),
  number("slowlog-max-len", 128n, [0n, LONG_MAX], "Entries SLOWLOG keeps."),
  number(
    "latency-monitor-threshold",
    0n,
    [0n, LONG_MAX],
    "Milliseconds from which LATENCY records an event; 0 records none.",
  ),
  bool("latency-tracking", true, "Keep a latency histogram of each command."),
  number(
    "busy-reply-threshold",
    5000n,
    [0n, LONG_MAX],
    "Milliseconds after which a script is reported as busy.",
    { alias: "lua-time-limit", waitsFor: "scripting" },
  ),
  bool(
    "lua-enable-deprecated-api",
    false,
    "Offer deprecated functions to scripts.",
    { isImmutable: true, isHidden: true, waitsFor: "scripting" },
  ),
  oneOf(
    "propagation-error-behavior",
    "ignore",
    ["ignore", "panic", "panic-on-replicas"],
    "What a failing command from a master or an AOF causes.",
    { waitsFor: "replication" },
  ),
  number(
    "rdb-key-save-delay",
    0n,
    [INT_MIN, INT_MAX],
    "Test aid: delay while saving.",
    {
      isHidden: true,
      waitsFor: "rdb",
    },
  ),
  number(
    "key-load-delay",
    0n,
    [INT_MIN, INT_MAX],
    "Test aid: delay while loading.",
    {
      isHidden: true,
      waitsFor: "rdb",
    },
  ),
  number(
    "loading-process-events-interval-bytes",
    2097152n,
    [1024n, INT_MAX],
    "Bytes loaded between two looks at the clients.",
    { isHidden: true, waitsFor: "rdb" },
  ),
] as const;
