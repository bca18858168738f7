/** MEMORY DOCTOR: what is unusual in the use of memory, and what may help. */

import { humanBytes } from "./_info_text.ts";
import { type MemoryOverhead, memoryOverhead } from "./memory_overhead.ts";
import type { Services } from "../services.ts";

/** Below this, shares say nothing. */
const TOO_LITTLE_BYTES = 5 << 20;
/** Differences below this are not worth a word. */
const NOTABLE_BYTES = 10 << 20;
const CLIENT_BYTES = 200 << 10;

/** The report, as a text of lines. */
export function memoryReport(services: Services): string {
  const memory = memoryOverhead(services);
  if (memory.used < TOO_LITTLE_BYTES) {
    return `This instance uses very little memory (${
      humanBytes(memory.used)
    }): there is nothing to examine yet.\n`;
  }
  const findings = findingsOf(memory, services.clients.count);
  if (findings.length === 0) {
    return "No memory problem was found in this instance.\n";
  }
  return `Found in this instance's memory:\n\n${
    findings.map((finding) => ` * ${finding}\n\n`).join("")
  }`;
}

function findingsOf(memory: MemoryOverhead, clients: number): string[] {
  const { used, peak, active, reserved, resident } = memory;
  const findings: string[] = [];
  if (peak > used * 1.5) {
    findings.push(
      `Peak: at its peak the instance used ${humanBytes(peak)}, now ${
        humanBytes(used)
      }. Memory once used stays with the process and is used again for new data; only a restart gives it back to the system.`,
    );
  }
  if (active > used * 1.1 && active - used > NOTABLE_BYTES) {
    findings.push(
      `Fragmentation: ${
        humanBytes(active - used)
      } in pages that are in use hold no data. That is usual after many keys were deleted or changed their size, and is filled again by data of the same sizes. MEMORY MALLOC-STATS shows which.`,
    );
  }
  if (reserved > active * 1.1 && reserved - active > NOTABLE_BYTES) {
    findings.push(
      `Free pages: ${
        humanBytes(reserved - active)
      } are free for any use, but stay with the process.`,
    );
  }
  if (resident > reserved * 1.1 && resident - reserved > NOTABLE_BYTES) {
    findings.push(
      `Runtime: ${
        humanBytes(resident - reserved)
      } of the process are not data: code, the JavaScript heap, the slow log and other logs, read buffers of clients. The runtime alone takes some tens of megabytes.`,
    );
  }
  if (clients > 0 && memory.clients / clients > CLIENT_BYTES) {
    findings.push(
      `Clients: they hold ${
        humanBytes(Math.floor(memory.clients / clients))
      } each on average. Some read their replies too slowly, or send very large commands or pipelines: look for them in CLIENT LIST (tot-mem).`,
    );
  }
  return findings;
}
