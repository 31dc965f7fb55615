FROM python:3.12 AS build
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir -r requirements.txt
FROM python:3.12-slim
RUN groupadd -r app && useradd -r -g app app
COPY --from=build /venv /venv
COPY app.py /app/app.py
USER app
CMD ["/venv/bin/python", "/app/app.py"]
