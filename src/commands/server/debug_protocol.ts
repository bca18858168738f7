/** DEBUG PROTOCOL: one reply of each type, for those who write clients. */

import type { Call } from "../call.ts";

const REPLIES: Readonly<Record<string, (call: Call) => void>> = {
  string: ({ reply }) => reply.text("Hello World"),
  integer: ({ reply }) => reply.integer(12345),
  double: ({ reply }) => reply.double(3.141),
  bignum: ({ reply }) =>
    reply.bigNumber("1234567999999999999999999999999999999"),
  null: ({ reply }) => reply.null(),
  array: ({ reply }) => {
    reply.array(3);
    for (let i = 0; i < 3; i++) reply.integer(i);
  },
  set: ({ reply }) => {
    reply.set(3);
    for (let i = 0; i < 3; i++) reply.integer(i);
  },
  map: ({ reply }) => {
    reply.map(3);
    for (let i = 0; i < 3; i++) {
      reply.integer(i);
      reply.boolean(i === 1);
    }
  },
  attrib: ({ reply }) => {
    if (reply.attribute(1)) {
      reply.text("key-popularity");
      reply.array(2);
      reply.text("key:123");
      reply.integer(90);
    }
    // An attribute is no reply: one must follow.
    reply.text("Some real reply following the attribute");
  },
  push: ({ client, reply }) => {
    if (client.protocol < 3) {
      return reply.error("ERR RESP2 is not supported by this command");
    }
    reply.push(2);
    reply.text("server-cpu-usage");
    reply.integer(42);
    // Nor is a push.
    reply.text("Some real reply following the push reply");
  },
  true: ({ reply }) => reply.boolean(true),
  false: ({ reply }) => reply.boolean(false),
  verbatim: ({ reply }) => reply.verbatim("This is a verbatim\nstring"),
};

/** DEBUG PROTOCOL type */
export function debugProtocol(call: Call): void {
  const name = call.argWord(2);
  if (Object.hasOwn(REPLIES, name)) return REPLIES[name](call);
  call.reply.error(
    "ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false",
  );
}
