FROM debian:bookworm-slim
RUN set -eux; \
    apt-get update; \
    apt-get install -y --no-install-recommends wget gnupg; \
    apt-get install -y --no-install-recommends tini; \
    apt-get purge -y --auto-remove wget gnupg; \
    rm -rf /var/lib/apt/lists/*
RUN useradd -r -u 1000 -m influx
COPY --chmod=755 server /usr/local/bin/
USER influx
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["server"]
