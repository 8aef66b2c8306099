# One image for every app; the targets differ in what they start: docker build --target worker .

FROM node:24-bookworm-slim AS node

# The manifests alone, so that dependencies are installed again only when one of them has changed.
FROM node AS manifests
WORKDIR /source
COPY . .
RUN node scripts/production-manifests.mjs /manifests && cp .npmrc /manifests/

FROM node AS dependencies
WORKDIR /app
COPY --from=manifests /manifests ./
RUN npm ci --omit=dev --workspace=@gantry/api --workspace=@gantry/scheduler --workspace=@gantry/worker

FROM node AS console
WORKDIR /app
COPY --from=manifests /manifests ./
RUN npm ci --omit=dev --workspace=@gantry/console
COPY tsconfig.json ./
COPY packages packages
COPY apps/console apps/console
RUN npm run build --workspace=@gantry/console

FROM node AS gantry
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app ./
COPY packages packages
COPY apps/api apps/api
COPY apps/scheduler apps/scheduler
COPY apps/worker apps/worker
# A volume mounted here takes over its owner.
RUN mkdir /content && chown node:node /content
ENV CONTENT_DIR=/content HOST=0.0.0.0 HEALTH_HOST=0.0.0.0 HEALTH_PORT=9000
# As apps/launcher/src/node-setup.ts has it.
ENV NODE_OPTIONS="--expose-gc" MALLOC_ARENA_MAX=1 NODE_COMPILE_CACHE=/compiled
RUN mkdir /compiled && chown node:node /compiled
USER node
# Each ends for want of settings, once all of it is compiled. Who runs it afterwards may find the folder read-only.
RUN for app in api scheduler worker; do node --no-lazy apps/$app/src/main.ts 2> /dev/null || true; done

FROM gantry AS api
COPY --from=console /app/apps/console/dist apps/console/dist
EXPOSE 3000
CMD ["node", "--no-lazy", "apps/api/src/main.ts"]

FROM gantry AS scheduler
EXPOSE 9000
CMD ["node", "--no-lazy", "apps/scheduler/src/main.ts"]

FROM gantry AS worker
EXPOSE 9000
CMD ["node", "--no-lazy", "apps/worker/src/main.ts"]
