# A bench's agent. It talks to the adb server of the bench PC: run it with the
# host's network and FARBENCH_ADB=tcp:127.0.0.1:5037. Build from the
# repository's root:
#   docker build -f deploy/images/agent.Dockerfile -t farbench-agent .
FROM golang:1.26-bookworm AS go
WORKDIR /src
COPY agent agent
RUN cd agent && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /farbench-agent ./cmd/farbench-agent
RUN mkdir /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=go /farbench-agent /farbench-agent
COPY --from=go --chown=nonroot /data /data
ENV FARBENCH_DATA=/data
VOLUME /data
ENTRYPOINT ["/farbench-agent"]
CMD ["run"]
