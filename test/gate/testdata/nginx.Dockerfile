FROM debian:bookworm-slim
RUN set -x && groupadd --system --gid 101 nginx && useradd --system --gid nginx --no-create-home --uid 101 nginx && apt-get update && apt-get install --no-install-recommends --no-install-suggests -y nginx gettext-base curl && apt-get remove --purge --auto-remove -y && rm -rf /var/lib/apt/lists/* && mkdir /docker-entrypoint.d
COPY docker-entrypoint.sh /
COPY nginx.conf /etc/nginx/nginx.conf
EXPOSE 80
STOPSIGNAL SIGQUIT
ENTRYPOINT ["/docker-entrypoint.sh"]
CMD ["nginx", "-g", "daemon off;"]
