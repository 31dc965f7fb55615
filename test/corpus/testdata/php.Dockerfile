FROM php:8.3-apache
RUN apt-get update && apt-get install -y libzip-dev unzip git && docker-php-ext-install zip
RUN curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer
COPY . /var/www/html
RUN composer install
RUN chown -R www-data:www-data /var/www/html
