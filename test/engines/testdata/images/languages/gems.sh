# Makes gems, since the tests reach no index of gems, and one in a git repository.
set -e
mkdir -p gems
gem_of() { # NAME VERSION PLATFORM DEPENDENCY
  dir=$(mktemp -d)
  mkdir -p "$dir/lib" "$dir/exe"
  echo "# $1" > "$dir/lib/$1.rb"
  printf '#!/usr/bin/env ruby\nputs 1\n' > "$dir/exe/$1"
  chmod +x "$dir/exe/$1"
  cat > "$dir/$1.gemspec" <<SPEC
Gem::Specification.new do |s|
  s.name = "$1"; s.version = "$2"; s.platform = "$3"; s.summary = "made up"; s.authors = ["nobody"]
  s.files = ["lib/$1.rb", "exe/$1", "$1.gemspec"]; s.bindir = "exe"; s.executables = ["$1"]
  ${4:+s.add_dependency '$4'}
end
SPEC
  (cd "$dir" && gem build -q "$1.gemspec" && mv ./*.gem "$OLDPWD/gems/")
}
gem_of plain 1.1.0 ruby
gem_of plain 1.2.0 ruby
gem_of needy 0.3 ruby plain
gem_of made-for-linux 0.5 x86_64-linux
mkdir -p gitty/lib && cd gitty
echo 'module Gitty; VERSION = "4.5.6"; end' > lib/gitty.rb
cat > gitty.gemspec <<'SPEC'
require_relative "lib/gitty"
Gem::Specification.new do |s|
  s.name = "gitty"; s.version = Gitty::VERSION; s.summary = "made up"; s.authors = ["nobody"]; s.files = ["lib/gitty.rb"]
end
SPEC
git init -q && git add . && git -c user.name=n -c user.email=n@example.org commit -qm x
