/**
 * Texts of the operating system's errors, as C's `strerror` gives them on
 * Linux. Redis shows them to users, so AiKv must use the same words.
 */
const TEXT_BY_CODE: Readonly<Record<string, string>> = {
  EACCES: "Permission denied",
  EBADF: "Bad file descriptor",
  EBUSY: "Device or resource busy",
  EEXIST: "File exists",
  EFBIG: "File too large",
  EINVAL: "Invalid argument",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  EMFILE: "Too many open files",
  ENAMETOOLONG: "File name too long",
  ENFILE: "Too many open files in system",
  ENOENT: "No such file or directory",
  ENOSPC: "No space left on device",
  ENOTDIR: "Not a directory",
  ENOTEMPTY: "Directory not empty",
  EPERM: "Operation not permitted",
  EROFS: "Read-only file system",
  EXDEV: "Invalid cross-device link",
};

/** A failed operation on a file: the POSIX code, and its `strerror` text as message. */
export class FileError extends Error {
  /** The POSIX name of the error, such as `ENOENT`; `EUNKNOWN` when there is none. */
  readonly code: string;
  /** The path the operation was about. */
  readonly path: string;

  constructor(code: string, path: string, fallbackText?: string) {
    super(TEXT_BY_CODE[code] ?? fallbackText ?? "Unknown error");
    this.name = "FileError";
    this.code = code;
    this.path = path;
  }
}

/** The `strerror` text for whatever a {@linkcode FileError}'s operation threw. */
export function fileErrorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
