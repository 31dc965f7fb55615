FROM debian:bookworm-slim
RUN set -eux; apt-get update; apt-get install -y --no-install-recommends ca-certificates haproxy; rm -rf /var/lib/apt/lists/*
RUN set -eux; groupadd --gid 990 --system proxy2; useradd --gid proxy2 --home-dir /var/lib/haproxy --no-create-home --system --uid 990 proxy2
STOPSIGNAL SIGUSR1
COPY docker-entrypoint.sh /usr/local/bin/
USER proxy2
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]
