FROM debian:bookworm-slim
RUN set -eux; groupadd --system --gid 11211 memcache; useradd --system --gid memcache --uid 11211 memcache
RUN set -eux; apt-get update; apt-get install -y --no-install-recommends libevent-2.1-7 libsasl2-modules; rm -rf /var/lib/apt/lists/*
COPY --from=memcached-build /usr/local/bin/memcached /usr/local/bin/memcached
COPY docker-entrypoint.sh /usr/local/bin/
RUN ln -s usr/local/bin/docker-entrypoint.sh /entrypoint.sh
USER memcache
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["memcached"]
