/** Tells the core how large a value may be in which encoding. */

import type { Config } from "../config/mod.ts";
import type { Exports } from "../core/mod.ts";

/** Thresholds beyond this mean any number. */
const INT32_MAX = 2 ** 31 - 1;

function limited(value: number): number {
  return Math.min(value, INT32_MAX);
}

/** Has the core follow the options; `follow` runs `apply` now and on changes. */
export function followEncodings(
  config: Config,
  x: Exports,
  follow: (
    names: Parameters<Config["onChange"]>[0],
    apply: () => void,
  ) => void,
): void {
  follow(["hash-max-listpack-entries", "hash-max-listpack-value"], () => {
    const { values } = config;
    x.hashLimits(
      limited(values.hashMaxListpackEntries),
      limited(values.hashMaxListpackValue),
    );
  });
  follow([
    "set-max-intset-entries",
    "set-max-listpack-entries",
    "set-max-listpack-value",
  ], () => {
    const { values } = config;
    x.setLimits(
      limited(values.setMaxIntsetEntries),
      limited(values.setMaxListpackEntries),
      limited(values.setMaxListpackValue),
    );
  });
  follow(["list-max-listpack-size", "list-compress-depth"], () => {
    const { values } = config;
    x.listConfigure(values.listMaxListpackSize, values.listCompressDepth);
  });
  follow(["zset-max-listpack-entries", "zset-max-listpack-value"], () => {
    const { values } = config;
    x.zsetLimits(
      limited(values.zsetMaxListpackEntries),
      limited(values.zsetMaxListpackValue),
    );
  });
  follow(["stream-node-max-bytes", "stream-node-max-entries"], () => {
    const { values } = config;
    x.streamLimits(
      Number(values.streamNodeMaxBytes),
      Number(values.streamNodeMaxEntries),
    );
  });
}
