FROM python:3.12-slim
RUN apt-get update && apt-get install -y git build-essential
WORKDIR /srv
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
RUN useradd -m web && chown -R web:web /srv
USER web
CMD ["gunicorn", "app:app"]
