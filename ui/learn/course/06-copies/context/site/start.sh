#!/bin/sh
exec busybox httpd -f -h /srv/site
