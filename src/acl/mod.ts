/**
 * Access control: users, what they may do, and the log of what they may not.
 * Nothing here knows connections or the command table.
 *
 * @module
 */
export { type AclCommand, Catalogue } from "./catalogue.ts";
export {
  type AclRequest,
  allowsChannel,
  channelsThatRemain,
  type ChannelUse,
  type Denial,
  findDenial,
  type KeyUse,
  mayUseAllKeys,
} from "./check.ts";
export {
  describeChannels,
  describeCommands,
  describeKeys,
  userFlags,
} from "./describe.ts";
export { parseAclFile } from "./file.ts";
export { type AclEvent, AclLog, type AclLogEntry } from "./log.ts";
export { hasSpace, READ, WRITE } from "./pattern.ts";
export type { Selector } from "./selector.ts";
export { User, type UserContext } from "./user.ts";
export {
  DEFAULT_USER,
  DefinitionChecker,
  type UserDefinition,
  Users,
} from "./users.ts";
