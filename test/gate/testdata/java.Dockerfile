FROM maven:3.9 AS build
COPY . /src
RUN cd /src && mvn -q package
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends openjdk-17-jre-headless && rm -rf /var/lib/apt/lists/*
RUN useradd --system app
COPY --from=build /src/target/app-1.0.jar /app/app.jar
USER app
CMD ["java", "-jar", "/app/app.jar"]
