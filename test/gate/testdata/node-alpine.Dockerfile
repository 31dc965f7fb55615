FROM node:22-alpine
RUN apk add --no-cache tini curl
WORKDIR /app
COPY package*.json ./
RUN npm ci --omit=dev && npm cache clean --force
COPY src/ src/
USER node
ENTRYPOINT ["/sbin/tini", "--"]
CMD ["node", "src/index.js"]
