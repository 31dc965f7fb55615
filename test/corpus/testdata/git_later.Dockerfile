FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y git make gcc
RUN git clone https://example.org/tools/engine.git /opt/engine
WORKDIR /opt/engine
RUN git checkout v2.1 && git submodule update --init
RUN make && make install
CMD ["engine"]
