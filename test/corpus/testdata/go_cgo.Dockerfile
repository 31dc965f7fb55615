FROM debian:bookworm
RUN apt-get update
RUN apt-get install -y golang-go libsqlite3-dev
WORKDIR /src
COPY . .
RUN go build -o /usr/local/bin/notes ./cmd/notes
CMD ["/usr/local/bin/notes"]
