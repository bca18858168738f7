/** Figures of the process and the machine. */

import { cpuUsage, threadCpuUsage } from "node:process";

/** Reads what the operating system tells of this process. */
export class DenoProcess {
  residentBytes(): number {
    return Deno.memoryUsage().rss;
  }

  cpuSeconds(): {
    user: number;
    system: number;
    childrenUser: number;
    childrenSystem: number;
  } {
    const { user, system } = cpuUsage();
    return {
      user: user / 1e6,
      system: system / 1e6,
      // AiKv starts no other programs.
      childrenUser: 0,
      childrenSystem: 0,
    };
  }

  mainThreadCpuSeconds(): { user: number; system: number } {
    const { user, system } = threadCpuUsage();
    return { user: user / 1e6, system: system / 1e6 };
  }

  totalSystemMemoryBytes(): number {
    return Deno.systemMemoryInfo().total;
  }

  operatingSystem(): string {
    const name = Deno.build.os === "linux" ? "Linux" : Deno.build.os;
    return `${name} ${Deno.osRelease()} ${Deno.build.arch}`;
  }

  get multiplexing(): string {
    const { os } = Deno.build;
    if (os === "linux" || os === "android") return "epoll";
    return os === "windows" ? "iocp" : "kqueue";
  }

  get id(): number {
    return Deno.pid;
  }
}

/** The environment variable of this name, if it may be read. */
export function environment(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

/** Calls `listener` on a signal; false where the platform has no such signal. */
export function onSignal(
  signal: "SIGTERM" | "SIGINT" | "SIGHUP",
  listener: () => void,
): boolean {
  try {
    Deno.addSignalListener(signal, listener);
    return true;
  } catch {
    return false;
  }
}

/** Calls `listener` on what nobody caught, in a callback or a promise, instead of the runtime. */
export function onUncaught(listener: (error: unknown) => void): void {
  addEventListener("error", (event) => {
    event.preventDefault();
    listener(event.error);
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    listener(event.reason);
  });
}

export function exitProcess(code: number): never {
  Deno.exit(code);
}

/** The bytes of a file that is part of the program, wherever it runs from. */
export function readProgramFile(url: URL): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(url);
}
