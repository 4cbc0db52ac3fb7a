# syntax=docker/dockerfile:1
# One image with every command of wasession that runs in pods, and nothing else: no shell, no
# package manager, no libc.
#
#   docker build --build-arg VERSION=v0.1.0 -t ghcr.io/wasession/wasession:v0.1.0 .
#
# For another platform: docker buildx build --platform linux/arm64 …; the
# compiler runs natively and compiles across.
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
ENV GOTOOLCHAIN=local
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY api/ api/
COPY cmd/ cmd/
COPY controllers/ controllers/
COPY gateway/ gateway/
COPY runtime/ runtime/
COPY hack/image/ hack/image/
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    GOOS=$TARGETOS GOARCH=$TARGETARCH hack/image/build.sh /out/bin "$VERSION" \
    && cp "$(go env GOROOT)/lib/time/zoneinfo.zip" /out/zoneinfo.zip

# With ffmpeg, for "convert": true. It is larger and has a shell:
#
#   docker build --target with-ffmpeg …
FROM debian:bookworm-slim AS with-ffmpeg
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/zoneinfo.zip /zoneinfo.zip
COPY --from=build /out/bin/ /
ENV ZONEINFO=/zoneinfo.zip
USER 65532:65532
ENTRYPOINT ["/wasession-init", "/wasession-runtime"]

FROM scratch
LABEL org.opencontainers.image.title="wasession" \
      org.opencontainers.image.description="WhatsApp sessions on Kubernetes" \
      org.opencontainers.image.source="https://github.com/wasession/wasession" \
      org.opencontainers.image.licenses="Apache-2.0"
# Certificates for WhatsApp, webhooks and buckets; time zones for schedules.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/zoneinfo.zip /zoneinfo.zip
COPY --from=build /out/bin/ /
ENV ZONEINFO=/zoneinfo.zip
USER 65532:65532
# The chart and config/ name the command; run alone, the image is a session.
ENTRYPOINT ["/wasession-init", "/wasession-runtime"]
