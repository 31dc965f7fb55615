FROM alpine AS built
RUN touch /built

FROM scratch
ARG TOKEN="pl4nted two  words"
ARG NL
ARG EMPTY=
ARG A=1 B=2 \
    C=3 HTTP_PROXY=http://u:pl4nted@p
ARG BARE
MAINTAINER Jane Doe <j@example.org>
LABEL a=b "c d"="e  f"
ENV X=1 Y="a  b"
ENV Z=$TOKEN
ENV Q="a\$b\"c"
EXPOSE 80 443/udp
VOLUME /data
VOLUME ["/d1", "/d 2"]
USER root
WORKDIR /app
WORKDIR sub
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --retries=3 CMD curl -f http://localhost/
HEALTHCHECK CMD ["curl", "-f"]
HEALTHCHECK NONE
ONBUILD RUN echo not recorded
COPY a /x
COPY a b /y/
COPY d1 /z/
COPY --from=built /built /built
COPY --chown=1:1 --chmod=755 ["c d", "/sp ace/"]
ADD a /$X
ADD https://github.com/a/b.git#v1 /src
COPY <<EOF /etc/conf
key=$X
EOF
COPY <<a <<b /etc/two/
one
a
two
b
RUN echo one \
    # a comment between
    && echo "two   spaces" 	&& echo three
RUN ["echo", "exec", "with space"]
RUN echo $TOKEN ${NL}
RUN --mount=type=cache,target=/c echo hi
RUN <<SCRIPT
echo one
echo two
SCRIPT
RUN <<EOF bash -e
echo one
EOF
RUN cat <<EOF >/x && echo hi
one
EOF
RUN <<-EOF
	tabbed
	EOF
RUN <<PY
#!/usr/bin/env python3
print("hi")
PY
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN echo a | cat
CMD echo hi
ENTRYPOINT top -b
RUN set -eux; \
    echo 'x     y'
ENTRYPOINT ["top", "-b", "q\"uote"]
CMD []
SHELL ["/bin/sh", "-c"]
CMD curl --version "a b"
ENTRYPOINT exec top
