/** Support shared by all tests: a raw client, server processes, seeded random. */
export * from "./random.ts";
export * from "./redis_tools.ts";
export * from "./resp_client.ts";
export * from "./resp_value.ts";
export * from "./server.ts";
