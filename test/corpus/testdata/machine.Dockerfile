FROM ubuntu:24.04
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get -y upgrade && apt-get install -y openssh-server sudo vim curl
RUN groupadd -g 1200 dev && useradd -m -u 1200 -g dev dev
RUN mkdir -p /run/sshd && chmod 755 /run/sshd
RUN apt-get install -y supervisor cron
COPY entrypoint.sh /
RUN chmod +x /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
CMD ["supervisord", "-n"]
