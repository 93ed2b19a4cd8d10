# syntax=docker/dockerfile:1
# The image for people with Docker; `npm run image` puts the same one together without it.
#   docker build -t sluice:0.1.0 .
#   docker build -t sluice:0.1.0-wait-for --target wait-for .

FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
COPY test/postgres/package.json test/postgres/
# Of all workspaces only the tool chain: the PostgreSQL servers are for tests.
RUN npm ci --workspaces=false --include-workspace-root
COPY . .
RUN npx bun scripts/build.ts --outfile /out/sluice \
 && mkdir -p /out/usr/local/bin \
 && ln -s sluice /out/wait_for.sh \
 && ln -s /sluice /out/usr/local/bin/sluice \
 && ln -s /sluice /out/usr/local/bin/wait_for.sh \
 && install -D -m 644 LICENSE /out/usr/share/doc/sluice/LICENSE

# C library, roots of certificates, user 65532 and /tmp; no shell.
FROM gcr.io/distroless/base-nossl-debian12:nonroot AS base
ARG VERSION=0.1.0
ARG REVISION=
ARG CREATED=
LABEL org.opencontainers.image.title="sluice" \
      org.opencontainers.image.description="Rolls a database schema out together with the application on Kubernetes: first the schema, then the pods" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /out/ /
# By number, so that runAsNonRoot can be checked.
USER 65532:65532
WORKDIR /

FROM base AS wait-for
ENTRYPOINT ["/wait_for.sh"]

FROM base AS sluice
ENTRYPOINT ["/sluice"]
