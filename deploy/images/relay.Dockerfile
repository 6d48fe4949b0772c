# The cloud relay. Build from the repository's root:
#   docker build -f deploy/images/relay.Dockerfile -t farbench-relay .
FROM node:20-bookworm-slim AS ui
WORKDIR /src
COPY ui/package.json ui/package-lock.json ui/.npmrc ui/
RUN npm --prefix ui ci --no-audit --no-fund
COPY ui ui
COPY relay/web/dist relay/web/dist
RUN npm --prefix ui run build

FROM golang:1.26-bookworm AS go
WORKDIR /src
COPY agent agent
COPY relay relay
COPY --from=ui /src/relay/web/dist relay/web/dist
RUN cd relay && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /farbench-relay ./cmd/farbench-relay

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=go /farbench-relay /farbench-relay
EXPOSE 8080
ENTRYPOINT ["/farbench-relay"]
CMD ["serve"]
