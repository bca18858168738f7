/** LATENCY DOCTOR: what the spikes were, and what may help. */

import type { Services } from "../services.ts";

/** What may help, with the events it may help against. */
interface Advice {
  readonly events: readonly string[];
  readonly text: (services: Services) => string | undefined;
}

const ADVICES: readonly Advice[] = [
  {
    events: ["command"],
    text: ({ config, latency }) => {
      const slower = config.values.slowlogLogSlowerThan;
      const microseconds = latency.thresholdMs * 1000;
      if (slower >= 0 && slower <= microseconds) return undefined;
      return `The slow log does not show all commands that are slower than your latency threshold. 'CONFIG SET slowlog-log-slower-than ${microseconds}' makes it.`;
    },
  },
  {
    events: ["command"],
    text: () =>
      "Look at SLOWLOG GET: it names the commands that took long. Commands over many elements (KEYS, big ranges, big MSET or DEL) are best split, or replaced by SCAN and its like.",
  },
  {
    events: ["fast-command"],
    text: () =>
      "Commands that cannot be slow by themselves took long: the process was not given the processor, or was collecting garbage. Lower the load of the machine, look for noisy neighbours of a virtual machine, and compare with 'redis-cli --intrinsic-latency 100'.",
  },
  {
    events: ["expire-cycle"],
    text: () =>
      "Many keys expire at the same moment, or some that expire are large. Spread expiry times by adding a random share to them.",
  },
  {
    events: ["eviction-cycle"],
    text: ({ config }) =>
      `Much had to be evicted at once. Lower 'maxmemory-eviction-tenacity' (now ${config.values.maxmemoryEvictionTenacity}) to evict in smaller portions, and avoid lowering 'maxmemory' in large steps.`,
  },
];

/** The report, as a text of lines. */
export function latencyReport(services: Services): string {
  const { latency, clock } = services;
  const { events } = latency;
  if (events.size === 0) {
    return latency.thresholdMs === 0
      ? "The latency monitor is off, and has nothing from earlier. 'CONFIG SET latency-monitor-threshold <milliseconds>' switches it on.\n"
      : "No latency spike has been seen since the monitor was switched on or reset.\n";
  }
  const nowMs = clock.nowMs();
  const lines = ["Latency spikes have been seen in this instance:", ""];
  let number = 0;
  for (const [event, series] of events) {
    const summary = latency.summary(series, nowMs);
    const period = (summary.periodSeconds / summary.samples).toFixed(2);
    lines.push(
      `${++number}. ${event}: ${summary.samples} latency spikes (average ${summary.average}ms, mean deviation ${summary.deviation}ms, period ${period} sec). Worst all time event ${series.max}ms.`,
    );
  }
  const advices = ADVICES.filter((advice) =>
    advice.events.some((event) => events.has(event))
  ).map((advice) => advice.text(services)).filter((text) => text !== undefined);
  if (advices.length > 0) {
    lines.push("", "What may help:", "");
    for (const advice of advices) lines.push(`- ${advice}`);
  }
  return `${lines.join("\n")}\n`;
}
