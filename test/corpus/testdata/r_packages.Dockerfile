FROM debian:bookworm
RUN apt-get update && apt-get install -y r-base libxml2-dev libcurl4-openssl-dev
RUN Rscript -e 'install.packages(c("xml2", "httr"))'
COPY analysis.R /work/
CMD ["Rscript", "/work/analysis.R"]
