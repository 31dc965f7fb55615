FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ruby && rm -rf /var/lib/apt/lists/*
RUN useradd -r app
COPY server.rb /app/server.rb
USER app
CMD ["ruby", "/app/server.rb"]
