# tare's own image: the program, certificates, nothing else. `.ci/image` builds
# the program, puts both into a directory, and builds this there.
FROM scratch
COPY ca-certificates.crt /etc/ssl/certs/
COPY tare /
USER 65532:65532
ENTRYPOINT ["/tare"]
CMD ["--help"]
