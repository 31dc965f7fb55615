FROM alpine:3.20
RUN apk add --update --virtual .build build-base python3-dev py3-pip
RUN apk add python3 curl
COPY . /app
RUN pip install -r /app/requirements.txt && apk del .build
RUN adduser -D app
USER app
CMD ["python3", "/app/app.py"]
