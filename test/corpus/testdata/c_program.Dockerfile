FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y gcc make curl
RUN curl -L https://example.org/pool-1.4.tar.gz | tar xz -C /opt
RUN cd /opt/pool-1.4 && ./configure && make && make install
CMD ["pool"]
