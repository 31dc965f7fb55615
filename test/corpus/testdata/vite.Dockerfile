FROM node:22-alpine AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM nginx:1.27
RUN apt-get update && apt-get install -y vim
COPY --from=build /app/dist /usr/share/nginx/html
