FROM alpine:3.20
RUN apk add --no-cache bash curl git
COPY run.sh /usr/local/bin/run.sh
RUN adduser -D runner
USER runner
CMD ["run.sh"]
