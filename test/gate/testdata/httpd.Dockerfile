FROM debian:bookworm-slim
ENV HTTPD_PREFIX=/usr/local/apache2
RUN set -eux; \
    apt-get update; \
    apt-get install -y --no-install-recommends apache2; \
    rm -rf /var/lib/apt/lists/*; \
    ln -sf /dev/stdout /var/log/apache2/access.log; \
    ln -sf /dev/stderr /var/log/apache2/error.log
COPY index.html /var/www/html/
STOPSIGNAL SIGWINCH
EXPOSE 80
CMD ["apachectl", "-D", "FOREGROUND"]
