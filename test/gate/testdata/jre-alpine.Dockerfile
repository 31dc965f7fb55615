FROM alpine:3.20
RUN apk add --no-cache openjdk11-jre && adduser -D app
COPY app.jar /app/app.jar
USER app
CMD ["java", "-jar", "/app/app.jar"]
