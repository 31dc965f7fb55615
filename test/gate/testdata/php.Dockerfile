FROM php:8.3-fpm
RUN set -eux; apt-get update; apt-get install -y --no-install-recommends libzip4 libicu72; rm -rf /var/lib/apt/lists/*
COPY index.php /var/www/html/
USER www-data
