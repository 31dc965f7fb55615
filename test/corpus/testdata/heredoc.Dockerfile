# syntax=docker/dockerfile:1
FROM debian:bookworm-slim
RUN <<EOF
set -e
apt-get update
apt-get install -y wget ca-certificates
wget -O /tmp/tool.tar.gz https://example.org/tool-3.1.tar.gz
tar xzf /tmp/tool.tar.gz -C /opt
EOF
WORKDIR /opt/tool-3.1
CMD ["/opt/tool-3.1/bin/tool"]
