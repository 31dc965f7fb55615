FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates openssh-client && rm -rf /var/lib/apt/lists/*
COPY sync.sh /usr/local/bin/sync.sh
RUN useradd -m syncer
USER syncer
CMD ["sync.sh"]
