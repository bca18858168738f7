/** Exit codes of the server. Scripts and service managers know them: they never change. */

/** Ended because it was told to. */
export const EXIT_OK = 0;

/** Could not start, or cannot go on, for a reason outside: configuration, address, disk. */
export const EXIT_ENVIRONMENT = 1;

/** A bug: an assertion failed, or something threw that must not (EX_SOFTWARE of sysexits.h). */
export const EXIT_BUG = 70;
