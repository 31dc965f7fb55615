FROM ruby:3.3-slim
RUN apt-get update -qq
RUN apt-get install -y build-essential libpq-dev nodejs
ENV RAILS_ENV=production
WORKDIR /rails
COPY Gemfile Gemfile.lock ./
RUN bundle install
COPY . .
RUN bundle exec rake assets:precompile
CMD ["bundle", "exec", "puma"]
