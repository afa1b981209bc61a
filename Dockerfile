# The worker, the CLI and the fake Zendesk in one image. The Temporal SDK's native part needs glibc: no Alpine.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build

FROM node:20.20.2-bookworm-slim
# The SDK's native part takes the system's certificates: without them there is no TLS to Temporal Cloud.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
# What is free goes back to the system. The C library's own settings would keep tens of MiB of it, and a pool for each
# of the SDK's threads.
ENV MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536 MALLOC_MMAP_THRESHOLD_=16384 MALLOC_TOP_PAD_=0
WORKDIR /app
# The @temporalio packages come as peer dependencies, which npm installs too.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY --from=build /app/lib lib
USER node
STOPSIGNAL SIGTERM
# Temporal answers, a worker polls the task queue, each account answers one request of a single row.
HEALTHCHECK --interval=60s --timeout=30s --start-period=30s --retries=3 \
  CMD ["node", "lib/cli/main.js", "check"]
CMD ["node", "lib/worker.js"]
