/** Latency events and histograms. */

import { untilNul } from "../../base/byte_string.ts";
import type { Call } from "../call.ts";
import type { CommandEntry } from "../entries.ts";
import { replyHelp } from "../help.ts";
import { type CommandSpec, string } from "../spec.ts";
import { commandsInOrder } from "./_info_text.ts";
import { latencyReport } from "./latency_doctor.ts";
import { latencyGraphText } from "./latency_graph.ts";

const latencyDoctor: CommandSpec = {
  name: "doctor",
  summary: "Return a human readable latency analysis report.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_nodes",
    "response_policy:special",
  ],
  handler: latencyDoctorHandler,
};

const latencyGraph: CommandSpec = {
  name: "graph",
  summary: "Return a latency graph for the event.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: 3,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_nodes",
    "response_policy:special",
  ],
  arguments: [string("event")],
  handler: latencyGraphHandler,
};

const latencyHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale"],
  handler: latencyHelpHandler,
};

const latencyHistogram: CommandSpec = {
  name: "histogram",
  summary:
    "Return the cumulative distribution of latencies of a subset of commands or all.",
  since: "7.0.0",
  group: "server",
  complexity:
    "O(N) where N is the number of commands with latency information being retrieved.",
  arity: -2,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_nodes",
    "response_policy:special",
  ],
  arguments: [string("command", { optional: true, multiple: true })],
  handler: latencyHistogramHandler,
};

const latencyHistory: CommandSpec = {
  name: "history",
  summary: "Return timestamp-latency samples for the event.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: 3,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_nodes",
    "response_policy:special",
  ],
  arguments: [string("event")],
  handler: latencyHistoryHandler,
};

const latencyLatest: CommandSpec = {
  name: "latest",
  summary: "Return the latest latency samples for all events.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_nodes",
    "response_policy:special",
  ],
  handler: latencyLatestHandler,
};

const latencyReset: CommandSpec = {
  name: "reset",
  summary: "Reset latency data for one or more events.",
  since: "2.8.13",
  group: "server",
  complexity: "O(1)",
  arity: -2,
  flags: ["admin", "noscript", "loading", "stale"],
  tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
  arguments: [string("event", { optional: true, multiple: true })],
  handler: latencyResetHandler,
};

/** `LATENCY` */
export const latency: CommandSpec = {
  name: "latency",
  summary: "A container for latency diagnostics commands",
  since: "2.8.13",
  group: "server",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: [],
  subcommands: [
    latencyDoctor,
    latencyGraph,
    latencyHelp,
    latencyHistogram,
    latencyHistory,
    latencyLatest,
    latencyReset,
  ],
};

const HELP = [
  "DOCTOR",
  "    Return a human readable latency analysis report.",
  "GRAPH <event>",
  "    Return an ASCII latency graph for the <event> class.",
  "HISTORY <event>",
  "    Return time-latency samples for the <event> class.",
  "LATEST",
  "    Return the latest latency samples for all events.",
  "RESET [<event> ...]",
  "    Reset latency data of one or more <event> classes.",
  "    (default: reset all data for all event classes)",
  "HISTOGRAM [COMMAND ...]",
  "    Return a cumulative distribution of latencies in the format of a histogram for the specified command names.",
  "    If no commands are specified then all histograms are replied.",
];

function latencyDoctorHandler(call: Call): void {
  call.reply.verbatim(latencyReport(call.services));
}

function latencyGraphHandler(call: Call): void {
  const event = call.argText(2);
  const series = call.services.latency.events.get(event);
  if (series === undefined) {
    call.reply.error(
      `ERR No samples available for event '${untilNul(event)}'`,
    );
    return;
  }
  const nowMs = call.services.clock.nowMs();
  call.reply.verbatim(latencyGraphText(event, series, nowMs));
}

function latencyHelpHandler(call: Call): void {
  replyHelp(call, HELP);
}

function latencyHistogramHandler(call: Call): void {
  const { services, reply } = call;
  const { figures } = services.commandStats;
  services.figures.settle();
  const asked = call.argc === 2 ? commandsInOrder(services) : askedFor(call);
  const tracked = [...asked].filter(({ id }) =>
    figures[id].histogram !== undefined
  );
  reply.map(tracked.length);
  for (const { id, fullName } of tracked) {
    const histogram = figures[id].histogram!;
    reply.text(fullName);
    reply.map(2);
    reply.text("calls");
    reply.integer(histogram.total);
    reply.text("histogram_usec");
    const steps = histogram.distribution();
    reply.map(steps.length);
    for (const { microseconds, count } of steps) {
      reply.integer(microseconds);
      reply.integer(count);
    }
  }
}

/** The commands named in the arguments, each with its subcommands; unknown ones are passed over. */
function* askedFor(call: Call): Iterable<CommandEntry> {
  for (let i = 2; i < call.argc; i++) {
    const entry = call.services.table.find(call.argText(i));
    if (entry === undefined) continue;
    yield entry;
    yield* entry.subcommands;
  }
}

function latencyHistoryHandler(call: Call): void {
  const { reply, services } = call;
  const series = services.latency.events.get(call.argText(2));
  const samples = series?.samples ?? [];
  reply.array(samples.length);
  for (const { time, milliseconds } of samples) {
    reply.array(2);
    reply.integer(time);
    reply.integer(milliseconds);
  }
}

function latencyLatestHandler(call: Call): void {
  const { reply, services } = call;
  reply.array(services.latency.events.size);
  for (const [event, { max, samples }] of services.latency.events) {
    const latest = samples[samples.length - 1];
    reply.array(4);
    reply.text(event);
    reply.integer(latest.time);
    reply.integer(latest.milliseconds);
    reply.integer(max);
  }
}

function latencyResetHandler(call: Call): void {
  const { latency: monitor } = call.services;
  let events = 0;
  if (call.argc === 2) events = monitor.reset();
  for (let i = 2; i < call.argc; i++) events += monitor.reset(call.argText(i));
  call.reply.integer(events);
}
