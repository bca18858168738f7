# syntax=docker/dockerfile:1
#
#   docker build --tag aikv .
#   docker run --rm --publish 127.0.0.1:6379:6379 aikv --requirepass secret
#
# Written with care, but not built on the machines that build AiKv, which have
# no Docker engine.

FROM denoland/deno:2.9.6 AS build
WORKDIR /app
# Dependencies first: they change less often than the sources.
COPY deno.json deno.lock ./
COPY asm ./asm
RUN deno task build
COPY src ./src
# Only what the server imports is fetched into the cache that the image keeps;
# the AssemblyScript compiler stays in this stage.
ENV DENO_DIR=/deno-dir-server
RUN deno cache --frozen src/main.ts

FROM denoland/deno:alpine-2.9.6
LABEL org.opencontainers.image.title="AiKv" \
      org.opencontainers.image.description="A Redis-compatible key-value server on Deno and WebAssembly" \
      org.opencontainers.image.licenses="MIT"
WORKDIR /app
COPY deno.json LICENSE ./
COPY bin/aikv-server ./bin/aikv-server
COPY src ./src
COPY --from=build /app/wasm/aikv.wasm ./wasm/aikv.wasm
COPY --from=build --chown=deno:deno /deno-dir-server /deno-dir
RUN mkdir /data && chown deno:deno /data

# The program is root's and read-only to the user who runs it. AiKv itself may
# read the program and /data, write /data, and use the network; nothing else.
USER deno
ENV DENO_DIR=/deno-dir \
    AIKV_ALLOW_READ=/data \
    AIKV_ALLOW_WRITE=/data
VOLUME /data
WORKDIR /data
EXPOSE 6379
STOPSIGNAL SIGTERM

# Any reply will do: with a password set, PING is answered with NOAUTH.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
  CMD printf 'PING\r\n' | nc -w 2 127.0.0.1 6379 | grep -qE '^(\+PONG|-NOAUTH)'

ENTRYPOINT ["/app/bin/aikv-server"]
# Protected mode stays on: from outside the container, AiKv answers only once a
# password is set (--requirepass) or protected mode is turned off.
CMD ["--bind", "0.0.0.0", "--dir", "/data"]
