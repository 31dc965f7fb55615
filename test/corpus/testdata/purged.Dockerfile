# What is installed for a build and removed by a later RUN, with the bytecode of what stays.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y curl git python3-pip
RUN curl -fsSL https://example.org/tool.tgz | tar -xz -C /opt
COPY requirements.txt /app/
RUN pip3 install --break-system-packages -r /app/requirements.txt
RUN apt-get purge -y git && apt-get autoremove -y
COPY app.py /app/
CMD ["python3", "/app/app.py"]
