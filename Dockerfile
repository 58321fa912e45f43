# The command line `jetsms`: the worker (start), the dashboard, and everything else.

# To be pinned: docker build --build-arg RUN_IMAGE=node:24-alpine@sha256:… .
ARG BUILD_IMAGE=node:24-bookworm-slim
ARG RUN_IMAGE=node:24-alpine

FROM ${BUILD_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json LICENSE ./
COPY scripts/build.ts ./scripts/
COPY scripts/packages ./scripts/packages
COPY src ./src
RUN node scripts/build.ts

FROM ${RUN_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Without the optional ones: native code that only saves a little time, and compilers that nothing here needs.
RUN npm ci --omit=dev --omit=optional --omit=peer --ignore-scripts --no-audit --no-fund

FROM ${RUN_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY examples/recipients.csv ./examples/
# So that `docker compose exec worker jetsms holds` works.
RUN chmod +x dist/cli/main.js && ln -s /app/dist/cli/main.js /usr/local/bin/jetsms
USER node
# The pages of a worker or a gateway; the dashboard; the gateway.
EXPOSE 9464 9465 9466
# Of a worker or a gateway. Ready: Redis answers, and a worker takes jobs.
HEALTHCHECK --interval=10s --timeout=5s --start-period=40s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.JETSMS_HEALTH_PORT || 9464}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["start"]
